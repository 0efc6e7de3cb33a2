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
