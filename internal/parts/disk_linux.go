package parts

import (
	"syscall"
	"testing"
)

// SmallDisk mounts a file system of some size, in the words of tmpfs ("16m"), which
// root may do. Elsewhere the test ends here: left out, or failed where a disk is
// required.
func SmallDisk(t testing.TB, size string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	err := syscall.Mount("broadsheet", dir, "tmpfs", 0, "huge=never,size="+size)
	switch {
	case err == nil:
		t.Cleanup(func() {
			if err := syscall.Unmount(dir, 0); err != nil {
				t.Errorf("unmount: %v", err)
			}
		})
	case Required("disk"):
		t.Fatalf("a small disk cannot be mounted, and BROADSHEET_REQUIRE asks for it: %v", err)
	default:
		t.Skipf("a small disk cannot be mounted (only root can): %v", err)
	}
	return dir
}
