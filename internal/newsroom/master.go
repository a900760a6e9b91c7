package newsroom

import (
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
	secret := newSecretBuffer()
	defer secret.wipe()
	switch k := n.Config.Key; {
	case n.options.Master != nil:
		from = "what was given as the key"
		var text string
		if text, err = n.options.Master(); err == nil {
			if _, err = secret.Write([]byte(text)); err != nil {
				err = fmt.Errorf("%s: %w", from, err)
			}
		}
	case len(k.Command) > 0:
		from = fmt.Sprintf("what %q printed", k.Command[0])
		err = n.askCommand(ctx, k.Command, secret)
	default:
		from = "key file " + k.File
		err = readKeyFile(k.File, secret)
	}
	if err != nil {
		return m, from, err
	}
	if m, err = parseKey(secret.text()); err != nil {
		err = fmt.Errorf("%s: %w", from, err)
		if errors.Is(err, subscribers.ErrMaster) {
			err = fmt.Errorf("%w; take the right one from where a copy is kept", err)
		}
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

func readKeyFile(path string, into *secretBuffer) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the key file %s is missing: put it back from where it is kept; without it no address can be read and nothing can be sent", path)
	}
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	defer f.Close()
	if err := into.fill(f, -1); err != nil {
		return fmt.Errorf("key file %s: %w", path, err)
	}
	return nil
}

// askCommand runs the program that prints the master key. What it says on standard
// error goes to ours, as it comes, and into no log.
func (n *Newsroom) askCommand(ctx context.Context, argv []string, into *secretBuffer) error {
	ctx, stop := context.WithTimeout(ctx, keyCommandTime)
	defer stop()
	c := exec.CommandContext(ctx, argv[0], argv[1:]...)
	c.Dir = n.Config.Dir
	c.Stderr = n.options.Stderr
	c.WaitDelay = time.Second
	out, err := c.StdoutPipe() // read by us: what os/exec copies by would hold the key
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return fmt.Errorf("the key's command %q: %w", argv[0], err)
	}
	defer context.AfterFunc(ctx, func() { _ = out.Close() })() // whoever the program left behind has it open
	readErr := into.fill(out, -1)
	if readErr != nil {
		stop()
	}
	err = c.Wait()
	switch {
	case errors.Is(readErr, errTooMuch):
		return fmt.Errorf("the key's command %q prints more than a key", argv[0])
	case ctx.Err() != nil:
		return fmt.Errorf("the key's command %q did not end within %s", argv[0], keyCommandTime)
	case err != nil:
		return fmt.Errorf("the key's command %q: %w", argv[0], err)
	case readErr != nil:
		return fmt.Errorf("the key's command %q: %w", argv[0], readErr)
	}
	return nil
}
