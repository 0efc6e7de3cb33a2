package doctor

import "testing"

func TestRoomOnTheDisk(t *testing.T) {
	for _, tt := range []struct {
		free, all int64
		want      State
	}{{10 << 30, 100 << 30, Good}, {4 << 30, 100 << 30, Look}, {900 << 20, 10 << 30, Look}, {63 << 20, 100 << 30, Wrong}, {0, 1, Wrong}} {
		if f := roomOf(tt.free, tt.all, "/data"); f.State != tt.want {
			t.Errorf("%d of %d is %s, %s", tt.free, tt.all, f.State, f.Key)
		}
	}
}

// A folder that was restored has no reserve until it is served: where the disk has room for it, nobody is told to make any.
func TestReserveOfAFolderThatIsNotServed(t *testing.T) {
	for _, tt := range []struct {
		there, held bool
		free        int64
		want        string
	}{
		{there: true, want: "reserve.kept"},
		{free: 256 << 20, want: "reserve.next"},
		{free: 255 << 20, want: "reserve.gone"},
		{held: true, free: 256 << 20, want: "reserve.gone"},
	} {
		if f := reserveOf(tt.there, tt.held, tt.free); f.Key != tt.want || (f.State == Good) != (tt.want != "reserve.gone") {
			t.Errorf("%+v: %s %s", tt, f.State, f.Key)
		}
	}
}
