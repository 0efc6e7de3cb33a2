package terminal

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// openTerminal answers the two ends of a terminal: what a person sees, and what a program writes to.
func openTerminal(t *testing.T) (screen, program *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("needs a terminal: %v", err)
	}
	t.Cleanup(func() { screen.Close() })
	var number, locked int32
	for request, value := range map[uintptr]*int32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(unsafe.Pointer(value))); errno != 0 {
			t.Skipf("needs a terminal: %v", errno)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs a terminal: %v", err)
	}
	t.Cleanup(func() { program.Close() })
	return screen, program
}

// shown reads what stands on a screen by now, and waits for what is to end it: the kernel carries from one end of a terminal to the other in its own time.
func shown(t *testing.T, screen *os.File, end string) string {
	t.Helper()
	var text []byte
	part := make([]byte, 64<<10)
	for range 100 {
		n, err := unix.Read(int(screen.Fd()), part)
		if err != nil && !errors.Is(err, unix.EAGAIN) {
			t.Fatal(err)
		}
		text = append(text, part[:max(0, n)]...)
		if strings.HasSuffix(string(text), end) {
			break
		}
		// The time of the test stands still here; this waits in the time of the machine.
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(screen.Fd()), Events: unix.POLLIN}}, 100); err != nil && !errors.Is(err, unix.EINTR) {
			t.Fatal(err)
		}
	}
	return string(text)
}

func TestABarAppearsAfterTwoSeconds(t *testing.T) {
	screen, program := openTerminal(t)
	if err := syscall.SetNonblock(int(screen.Fd()), true); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		quick := NewProgress(program, "collecting", 4)
		time.Sleep(quietFor - time.Millisecond)
		quick.Close()
		if got := shown(t, screen, ""); got != "" {
			t.Errorf("quick work shows %q", got)
		}

		p := NewProgress(program, "collecting", 4)
		p.Step(1, "")
		time.Sleep(quietFor + time.Millisecond)
		synctest.Wait()
		if got := shown(t, screen, "] 1/4\x1b[K"); !strings.HasPrefix(got, "\rcollecting [#######") || !strings.HasSuffix(got, "] 1/4\x1b[K") {
			t.Errorf("after two seconds it shows %q", got)
		}
		p.Step(2, "scoring")
		time.Sleep(time.Second)
		synctest.Wait()
		if got := shown(t, screen, "] 3/4\x1b[K"); !strings.HasSuffix(got, "] 3/4\x1b[K") || !strings.Contains(got, "\rscoring [") {
			t.Errorf("after three seconds it shows %q", got)
		}
		p.Close()
		if got := shown(t, screen, "\r\x1b[K"); !strings.HasSuffix(got, "\r\x1b[K") {
			t.Errorf("in the end it leaves %q", got)
		}
	})
}
