package store

import "syscall"

// tcpUserTimeout is the option of tcp(7) after which a connection ends whose bytes nobody acknowledges.
const tcpUserTimeout = 0x12

// giveUpUnanswered lets a connection end when the other machine has not answered for ten seconds: without it one that lost its power
// would be waited for for a quarter of an hour.
func giveUpUnanswered(network, _ string, raw syscall.RawConn) (err error) {
	if network == "unix" {
		return nil
	}
	controlErr := raw.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, 10_000) })
	if controlErr != nil {
		return controlErr
	}
	return err
}
