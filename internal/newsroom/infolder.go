package newsroom

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// readFeedFile reads a feed on this machine. A link within the newsroom's folder, or
// within the feed's own where that lies elsewhere, is followed, and none out of it.
func (n *Newsroom) readFeedFile(path string) ([]byte, error) {
	folder := filepath.Dir(path)
	if within(n.options.Dir, path) {
		folder = n.options.Dir
	}
	rel, err := filepath.Rel(folder, path)
	if err != nil {
		return nil, err
	}
	return readInFolder(folder, rel, fileLimit)
}

// readLimited reads a file that the configuration names.
func readLimited(path string) ([]byte, error) {
	return readInFolder(filepath.Dir(path), filepath.Base(path), fileLimit)
}

// readInFolder reads a file of a folder, of at most limit bytes, and nothing outside the
// folder, wherever links lead. It waits for nobody: a pipe or a device is no file.
func readInFolder(folder, name string, limit int64) ([]byte, error) {
	path := filepath.Join(folder, name)
	wrong := func(why string) error { return &fs.PathError{Op: "read", Path: path, Err: errors.New(why)} }
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case err != nil && leadsOut(root, name):
		return nil, wrong("is a link that leads out of the folder " + folder + ": name the file itself")
	case errors.Is(err, syscall.ENXIO): // a socket
		return nil, wrong("is not a file")
	case err != nil:
		return nil, &fs.PathError{Op: "open", Path: path, Err: cause(err)}
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, wrong("is not a file")
	}
	var data bytes.Buffer
	data.Grow(int(min(info.Size(), limit)) + bytes.MinRead) // and is never copied to a larger one
	_, err = data.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(data.Len()) > limit {
		return nil, fmt.Errorf("%s is larger than %d MB, which is the most that is read", path, limit>>20)
	}
	return data.Bytes(), err
}

// cause is what the system said of a path, without the path, which a root shortens.
func cause(err error) error {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}

// leadsOut tells whether what could not be opened is a link to somewhere that is there,
// outside the folder.
func leadsOut(root *os.Root, name string) bool {
	if _, err := root.Stat(name); err == nil {
		return false
	}
	_, err := os.Stat(filepath.Join(root.Name(), name))
	return err == nil
}
