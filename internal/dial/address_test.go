package dial

import (
	"net/netip"
	"testing"
)

func TestPermit(t *testing.T) {
	tests := []struct {
		ip           string
		loopback, ok bool
	}{
		{"10.0.0.1", false, true},
		{"192.168.1.1", false, true},
		{"8.8.8.8", false, true},
		{"fd00::1", false, true},
		{"2400:3200::1", false, true},
		{"127.0.0.1", false, false},
		{"127.8.8.8", false, false},
		{"::1", false, false},
		{"127.0.0.1", true, true},
		{"::1", true, true},
		{"169.254.169.254", true, false},
		{"fe80::1", true, false},
		{"0.0.0.0", true, false},
		{"0.1.2.3", true, false},
		{"::", true, false},
		{"224.0.0.1", true, false},
		{"ff02::1", true, false},
		{"255.255.255.255", true, false},
		{"::ffff:127.0.0.1", true, false},
		{"::ffff:10.0.0.1", true, false},
		{"::127.0.0.1", true, false},
		{"64:ff9b::7f00:1", true, false},
		{"64:ff9b:1::7f00:1", true, false},
		{"2002:7f00:1::", true, false},
		{"2001:0:7f00:1::", true, false},
	}
	for _, tt := range tests {
		if fault := permit(netip.MustParseAddr(tt.ip), tt.loopback); (fault == nil) != tt.ok {
			t.Errorf("permit(%s, %v) = %v, want ok=%v", tt.ip, tt.loopback, fault, tt.ok)
		}
	}
}

// The guard sees the address that a name resolved to, so a name that changes its mind gains nothing.
func TestGuardLooksAtTheDialledAddress(t *testing.T) {
	control := Guard(false)
	for at, ok := range map[string]bool{"10.0.0.1:80": true, "127.0.0.1:80": false, "[::1]:443": false, "[fe80::1%eth0]:80": false, "nonsense": false} {
		if err := control("tcp", at, nil); (err == nil) != ok {
			t.Errorf("Guard(%s) = %v, want ok=%v", at, err, ok)
		}
	}
}

// A name that leads to the machine itself is not dialled where loopback is not allowed, though its network is on the list.
func TestANameThatLeadsToTheMachineItselfIsNotDialled(t *testing.T) {
	listed, err := ParsePlace("127.0.0.0/8:80")
	if err != nil {
		t.Fatal(err)
	}
	wall := Wall{Allowed: []Place{listed}}
	for _, loopback := range []bool{false, true} {
		way, err := wall.To("heping.example.org", 80, loopback, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := way.control("tcp", "127.0.0.1:80", nil); (err == nil) != loopback {
			t.Errorf("with loopback allowed %v: %v", loopback, err)
		}
	}
}
