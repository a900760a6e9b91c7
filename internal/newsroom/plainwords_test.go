package newsroom_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// TestPlain holds what people read of an error against what Go calls it.
func TestPlain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	here := func(name string) string { return filepath.Join(dir, name) }
	_, missing := os.Open(here("a.yaml"))
	_, lost := os.Open(here("b/a.yaml"))
	_, through := os.Open(filepath.Join(file, "a.yaml"))
	_, folder := os.ReadFile(dir)
	made := os.Mkdir(file, 0o700)
	moved := os.Rename(here("c"), here("d"))
	bare := func(op, path string, err error) error { return &fs.PathError{Op: op, Path: path, Err: err} }
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("no story is in it"), "no story is in it"},
		{missing, "there is no file " + here("a.yaml") + ": mend its name or its path"},
		{fmt.Errorf("read it: %w", missing), "read it: there is no file " + here("a.yaml") + ": mend its name or its path"},
		{lost, here("b/a.yaml") + ": there is no folder " + here("b") + ": make it, or mend the path"},
		{through, filepath.Join(file, "a.yaml") + ": a part of this path is a file, and should be a folder"},
		{folder, dir + " is a folder, and should be a file: name a file"},
		{made, file + " is there already: name another"},
		{moved, "there is no file " + here("d")},
		{bare("mkdir", "/x/y", fs.ErrNotExist), "the folder /x/y cannot be made there: name another place"},
		{bare("mkdirat", "/x/y", syscall.EACCES), "the folder /x/y may not be made by whoever runs this: give them the right to write in /x, or name another place"},
		{bare("openat", "/x/y", syscall.EPERM), "/x/y may not be used by whoever runs this"},
		{bare("open", "/x/y", syscall.EROFS), "its disk can only be read"},
		{bare("write", "/x/y", syscall.ENOSPC), "/x/y cannot be written: the disk is full; make room"},
		{errors.Join(errors.New("first"), bare("write", "/x/y", syscall.ENOSPC)), "first\n/x/y cannot be written: the disk is full"},
		{bare("openat", "/x/y", errors.New("is a link that leads out")), "/x/y: is a link that leads out"},
		{fmt.Errorf("ask: %w", &fetch.Error{URL: "https://wend.example/a", Words: "404: no such page", Err: context.Canceled}), "ask: https://wend.example/a: 404: no such page"},
	} {
		got := newsroom.Plain(c.err)
		if !strings.HasPrefix(got, c.want) && !strings.Contains(got, ": "+c.want) || strings.Contains(got, "openat") {
			t.Errorf("of %v people read\n%s\nwant\n%s", c.err, got, c.want)
		}
	}
}
