package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) keysRotate() *cobra.Command {
	var out string
	var asJSON bool
	c := &cobra.Command{
		Use:   "rotate",
		Short: "Change the master key, and seal every reader anew",
		Long: `Make a new master key and seal the whole list anew with it, in the background of a
running serve, or here. Sending goes on, links in old mails go on working, and the
old key then opens nothing of this database. Copies of the database from before
still open with it: destroy them, or the old key.

With a key file, the new key replaces it. Else --out says where the new one goes,
before anything is changed: put it where the key comes from. Killed at any moment,
rotate or serve goes on with it.`,
		Example: "broadsheet keys rotate\nbroadsheet keys rotate --key - --out new.key",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			switch replaces := n.Config.Key.File != "" && a.Key == ""; {
			case !replaces && out == "":
				return misused("rotate needs --out FILE: where the new key is to go, since no key file is named in broadsheet.yaml")
			case replaces && out != "":
				return misused("the new key takes the place of the one in %s, so leave --out away; or give the old key by hand: --key %s --out %s", n.Config.Key.File, n.Config.Key.File, out)
			}
			r, err := n.Rotate(ctx, func(text string) error { return writeNew(out, text) })
			if err != nil {
				return err
			}
			if r.Served, err = handToServe(n, r.Key); err != nil {
				return err
			}
			if err := a.reseal(ctx, n, &r, asJSON); err != nil {
				return err
			}
			if r.KeyFile == "" && !r.Continued {
				r.KeyFile = out
			}
			if asJSON {
				return a.printJSON(r)
			}
			where := cmp.Or(r.KeyFile, "the file that was named as the change began")
			say(a.Out, "The list is sealed with the new key, in %s: keep a copy elsewhere. The old key opens nothing of this database; copies of the database from before still open with it.\nShares of the old key are of no use any more: \"broadsheet keys split\" makes those of the new one.", where)
			return nil
		}),
	}
	c.Flags().StringVar(&out, "out", "", "the file to make with the new key (mode 0600), where broadsheet.yaml names none")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// reseal seals the list anew, or watches serve do it, and shows how far it is.
func (a *App) reseal(ctx context.Context, n *newsroom.Newsroom, r *newsroom.Rotation, quiet bool) error {
	p := a.newTally("sealed anew", quiet)
	defer p.close()
	first := int64(-1)
	watch := func(far newsroom.Resealing) {
		if first < 0 {
			first = far.Done
		}
		r.Readers = far.Done - first
		p.show(far.Done, far.All)
	}
	if r.Served {
		return n.AwaitTurn(ctx, watch)
	}
	return n.Reseal(ctx, watch)
}

// handToServe gives a running serve the new key, for as long as it had the old one.
// It tells whether there is one.
func handToServe(n *newsroom.Newsroom, key string) (served bool, err error) {
	state, err := newsroom.AskServe(n.Options(), newsroom.KeyRequest{Do: newsroom.AskState})
	switch {
	case errors.Is(err, newsroom.ErrNoServe):
		return false, nil
	case err != nil:
		return false, err
	case state.Locked || key == "":
		return !state.Locked, nil
	}
	var ttl time.Duration
	if !state.Until.IsZero() {
		ttl = max(time.Second, state.Until.Sub(n.Clock()))
	}
	_, err = newsroom.AskServe(n.Options(), newsroom.KeyRequest{Do: newsroom.AskUnlock, Key: key, TTL: ttl})
	return true, err
}

// newFile makes a file that its owner alone can read. It must not be there.
func newFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already, and nothing is written over: name another place with --out, or move it away", path)
	}
	return f, err
}

// writeNew makes a secret's file, which must not be there.
func writeNew(path, text string) error {
	f, err := newFile(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}
