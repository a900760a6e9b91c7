package newsroom

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/broadsheet-news/broadsheet/internal/fetch"
)

// Plain is an error as people read it: what the operating system says of a file is there
// in words, with what to do, and so is what a server said.
func Plain(err error) string {
	text := err.Error()
	for _, e := range unwrapped(err, nil) {
		switch e := e.(type) {
		case *fs.PathError:
			text = strings.Replace(text, e.Error(), fileWords(e.Op, e.Path, e.Err), 1)
		case *os.LinkError:
			text = strings.Replace(text, e.Error(), fileWords(e.Op, e.New, e.Err), 1)
		case *fetch.Error:
			text = strings.Replace(text, e.Error(), e.URL+": "+e.Words, 1)
		}
	}
	return text
}

// unwrapped is an error with all that it wraps.
func unwrapped(err error, all []error) []error {
	all = append(all, err)
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			all = unwrapped(inner, all)
		}
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			all = unwrapped(inner, all)
		}
	}
	return all
}

// fileWords says what is wrong with a path, and what to do.
func fileWords(op, path string, err error) string {
	folder := filepath.Dir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && strings.HasPrefix(op, "mkdir"):
		return fmt.Sprintf("the folder %s cannot be made there: name another place", path)
	case errors.Is(err, fs.ErrNotExist) && !exists(folder):
		return fmt.Sprintf("%s: there is no folder %s: make it, or mend the path", path, folder)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("there is no file %s: mend its name or its path", path)
	case errors.Is(err, fs.ErrPermission) && strings.HasPrefix(op, "mkdir"):
		return fmt.Sprintf("the folder %s may not be made by whoever runs this: give them the right to write in %s, or name another place", path, folder)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Sprintf("%s may not be used by whoever runs this: give them the right to it and its folder, or name another place", path)
	case errors.Is(err, syscall.EROFS):
		return fmt.Sprintf("%s cannot be written: its disk can only be read; name another place", path)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Sprintf("%s cannot be written: the disk is full; make room, and try again", path)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Sprintf("%s: a part of this path is a file, and should be a folder: mend the path, or name another place", path)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Sprintf("%s is a folder, and should be a file: name a file", path)
	case errors.Is(err, fs.ErrExist):
		return fmt.Sprintf("%s is there already: name another, or move it away", path)
	}
	return fmt.Sprintf("%s: %v", path, err)
}
