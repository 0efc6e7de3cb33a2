package source_test

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
)

// names is a name server on this machine. Each time a name is asked for, the next of its answers is given, the last one for ever.
type names struct {
	mu      sync.Mutex
	answers map[string][][]string // by name without the last point: addresses of each answer
	asked   map[string]int
}

// resolver starts a name server and answers a resolver that asks it and no other.
func resolver(t *testing.T, answers map[string][][]string) *net.Resolver {
	t.Helper()
	n := &names{answers: answers, asked: map[string]int{}}
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			size, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if reply := n.reply(buffer[:size]); reply != nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// reply answers one question (RFC 1035, section 4) for addresses.
func (n *names) reply(question []byte) []byte {
	if len(question) < 17 {
		return nil
	}
	var labels []string
	at := 12
	for at < len(question) && question[at] != 0 {
		end := at + 1 + int(question[at])
		if end >= len(question) {
			return nil
		}
		labels = append(labels, strings.ToLower(string(question[at+1:end])))
		at = end
	}
	end := at + 5 // the root, type and class
	if end > len(question) {
		return nil
	}
	kind := binary.BigEndian.Uint16(question[at+1:])
	var records []byte
	count := 0
	for _, text := range n.next(strings.Join(labels, "."), kind) {
		ip := netip.MustParseAddr(text)
		data := ip.AsSlice()
		records = append(records, 0xC0, 12) // the name of the question
		records = binary.BigEndian.AppendUint16(records, kind)
		records = append(records, 0, 1, 0, 0, 0, 0) // class, seconds it may be kept: none
		records = binary.BigEndian.AppendUint16(records, uint16(len(data)))
		records = append(records, data...)
		count++
	}
	reply := append([]byte{question[0], question[1], 0x81, 0x80, 0, 1, 0, byte(count), 0, 0, 0, 0}, question[12:end]...)
	return append(reply, records...)
}

// next answers the addresses of a kind, 1 for four bytes and 28 for sixteen, that a name has this time.
func (n *names) next(name string, kind uint16) (addresses []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.answers[name]
	if len(all) == 0 {
		return nil
	}
	key := name + string(rune(kind))
	turn := min(n.asked[key], len(all)-1)
	n.asked[key]++
	for _, text := range all[turn] {
		if ip := netip.MustParseAddr(text); ip.Is4() == (kind == 1) && (ip.Is4() || kind == 28) {
			addresses = append(addresses, text)
		}
	}
	return addresses
}
