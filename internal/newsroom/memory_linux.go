package newsroom

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// KeepMemoryPrivate keeps what this process knows from core dumps, and from other
// programs of the same user that would look into it (PR_SET_DUMPABLE).
func KeepMemoryPrivate() error {
	return unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}

// keepFromSwap asks that a key's memory is never written to the swap. Where a limit
// does not allow that, it is not.
func keepFromSwap(secret []byte) {
	if len(secret) == 0 {
		return
	}
	start, size := pageRange(secret)
	_, _, _ = unix.Syscall(unix.SYS_MLOCK, start, size, 0)
}

// mayBeSwapped takes that back, for memory that has its pages to itself.
func mayBeSwapped(memory []byte) {
	start, size := pageRange(memory)
	_, _, _ = unix.Syscall(unix.SYS_MUNLOCK, start, size, 0)
}

func pageRange(memory []byte) (start, size uintptr) {
	page := uintptr(os.Getpagesize())
	at := uintptr(unsafe.Pointer(&memory[0]))
	start = at &^ (page - 1)
	return start, (at+uintptr(len(memory))+page-1)&^(page-1) - start
}

// uninterrupted does something on a thread that the scheduler does not interrupt
// meanwhile: a signal would leave the registers, and what of a key is in them, on a stack
// of its own. A thread is not ended for it: children die with theirs (PR_SET_PDEATHSIG).
func uninterrupted(do func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var urgent, before unix.Sigset_t
	at, bits := int(unix.SIGURG)-1, 8*int(unsafe.Sizeof(urgent.Val[0]))
	urgent.Val[at/bits] |= 1 << (at % bits)
	if unix.PthreadSigmask(unix.SIG_BLOCK, &urgent, &before) != nil {
		return do()
	}
	defer func() {
		overwriteRegisters(make([]byte, 256), make([]byte, 256))
		_ = unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil)
	}()
	return do()
}

// overwriteRegisters copies so much that every register which copies goes by is used.
//
//go:noinline
func overwriteRegisters(to, from []byte) { copy(to, from) }

// mayHandOver tells whether who speaks at the socket is this user or root.
func mayHandOver(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var peer *unix.Ucred
	var peerErr error
	if err := raw.Control(func(fd uintptr) {
		peer, peerErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil {
		return err
	}
	if peerErr != nil {
		return peerErr
	}
	if peer.Uid != 0 && int(peer.Uid) != os.Geteuid() {
		return fmt.Errorf("user %d may not hand over keys to user %d", peer.Uid, os.Geteuid())
	}
	return nil
}

// shortPath names a socket by its folder's descriptor: a socket's name has 107
// characters at most, and a folder's may have more.
func shortPath(path string, do func(short string) error) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return do(fmt.Sprintf("/proc/self/fd/%d/%s", dir.Fd(), filepath.Base(path)))
}
