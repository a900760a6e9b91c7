package newsroom

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"github.com/broadsheet-news/broadsheet/subscribers"
)

// SplitKey makes shares of the master key: see subscribers.Master.Split.
func (n *Newsroom) SplitKey(ctx context.Context, of, need int) ([]string, error) {
	if n.Keys.Locked() {
		return nil, subscribers.ErrLocked
	}
	master, _, err := n.master(ctx)
	if err != nil {
		return nil, err
	}
	return master.Split(of, need)
}

const (
	keyCommandTime = 30 * time.Second // for the program that prints the master key
	keyTextSize    = 64 << 10         // of what it may print
)

// master gets the master key from where it is, and says in words where that was.
func (n *Newsroom) master(ctx context.Context) (m subscribers.Master, from string, err error) {
	var text string
	switch k := n.Config.Key; {
	case n.options.Master != nil:
		from = "what was given as the key"
		text, err = n.options.Master()
	case len(k.Command) > 0:
		from = fmt.Sprintf("what %q printed", k.Command[0])
		text, err = n.askCommand(ctx, k.Command)
	default:
		from = "key file " + k.File
		text, err = readKeyFile(k.File)
	}
	if err != nil {
		return m, from, err
	}
	if m, err = parseKey(text); err != nil {
		err = fmt.Errorf("%s: %w", from, err)
	}
	return m, from, err
}

// parseKey reads a master key, or shares of one.
func parseKey(text string) (subscribers.Master, error) {
	if subscribers.HasShares(text) {
		return subscribers.Combine(text)
	}
	return subscribers.ParseMaster(text)
}

func readKeyFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the key file %s is missing: put it back from where it is kept; without it no address can be read and nothing can be sent", path)
	}
	if err != nil {
		return "", fmt.Errorf("key file: %w", err)
	}
	return string(text), nil
}

// askCommand runs the program that prints the master key. What it says on standard
// error goes to ours, as it comes, and into no log.
func (n *Newsroom) askCommand(ctx context.Context, argv []string) (string, error) {
	ctx, stop := context.WithTimeout(ctx, keyCommandTime)
	defer stop()
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Dir = n.Config.Dir
	c.Stderr = n.options.Stderr
	c.WaitDelay = time.Second
	out := limited{most: keyTextSize}
	c.Stdout = &out
	err := c.Run()
	switch {
	case out.over:
		return "", fmt.Errorf("the key's command %q prints more than a key", argv[0])
	case ctx.Err() != nil:
		return "", fmt.Errorf("the key's command %q did not end within %s", argv[0], keyCommandTime)
	case err != nil:
		return "", fmt.Errorf("the key's command %q: %w", argv[0], err)
	}
	return out.text.String(), nil
}

// limited keeps what is written to it, up to a size.
type limited struct {
	text bytes.Buffer // not embedded: its ReadFrom knows no limit
	most int
	over bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.text.Len()+len(p) > l.most {
		l.over = true
		return 0, errors.New("too much")
	}
	return l.text.Write(p)
}
