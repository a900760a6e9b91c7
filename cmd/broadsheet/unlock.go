package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// keyTextMost is more than any text of a key or of its shares has.
const keyTextMost = 64 << 10

func (a *App) unlock() *cobra.Command {
	var ttl time.Duration
	var asJSON bool
	c := &cobra.Command{
		Use:   "unlock",
		Short: "Hand the master key to the running serve",
		Long: `Read the master key, or the shares of it that are needed, from standard input,
without showing it on a terminal, or from the file that --key names, and hand it to
the serve that runs in this newsroom, by a socket in its folder. It has to be the
key this list is sealed with. serve keeps it in memory alone: until --ttl is over,
"broadsheet lock", or its end.

A locked serve takes sign-ups and lets readers leave; what is due waits.`,
		Example: "broadsheet unlock --ttl 6h\nssh safe cat observer.key | broadsheet unlock",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			o, err := a.options(a.person())
			if err != nil {
				return err
			}
			if _, err := newsroom.AskServe(o, newsroom.KeyRequest{Do: newsroom.AskState}); err != nil {
				return err // before anybody types a key
			}
			read := o.Master
			if read == nil {
				read = func() (string, error) { return a.readKey(keyPrompt) }
			}
			text, err := read()
			if err != nil {
				return err
			}
			state, err := newsroom.AskServe(o, newsroom.KeyRequest{Do: newsroom.AskUnlock, Key: text, TTL: ttl})
			if err != nil {
				return err
			}
			return a.printKeyState(state, asJSON)
		},
	}
	stayFlag(c, &ttl, "ttl", 0, "lock again after this time; 0: when it is told to, or ends")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) lock() *cobra.Command {
	var now, asJSON bool
	c := &cobra.Command{
		Use:   "lock",
		Short: "Have the running serve forget the master key",
		Long: `Have the serve that runs in this newsroom forget the keys. While an edition is
being sent it refuses, unless told --now: then the send stops before its next
message, and goes on when the list is unlocked. Nobody gets it twice for that.`,
		Example: "broadsheet lock --now",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			o, err := a.options(a.person())
			if err != nil {
				return err
			}
			state, err := newsroom.AskServe(o, newsroom.KeyRequest{Do: newsroom.AskLock, Now: now})
			if err != nil {
				return err
			}
			return a.printKeyState(state, asJSON)
		},
	}
	c.Flags().BoolVar(&now, "now", false, "at once, in the middle of a send too")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// printKeyState says whether serve can read the list, and what a thief could.
func (a *App) printKeyState(s newsroom.KeyState, asJSON bool) error {
	if asJSON {
		return a.printJSON(s)
	}
	a.tell("%s.\n", keyStateWords(s))
	say(a.Out, "The disk: %s.", s.Lies)
	return nil
}

func keyStateWords(s newsroom.KeyState) string {
	switch {
	case s.Never:
		return "Locked, and never unlocked yet: no sign-up is taken, no link in a mail works, nothing is sent"
	case s.Locked:
		return "Locked: sign-ups and goodbyes are taken, nothing is sent"
	case !s.Until.IsZero():
		return "Unlocked until " + s.Until.Local().Format("Mon 2 Jan 15:04 MST") // through a socket the zone has no name
	}
	return "Unlocked"
}

const keyPrompt = "The master key, or a share of it: "

// readKey reads a key, or shares of one, from standard input: to its end, or from a
// terminal a line without an echo.
func (a *App) readKey(prompt string) (string, error) {
	if f, ok := a.In.(*os.File); ok && term.IsTerminal(f.Fd()) {
		text := ""
		for more := true; more; {
			fmt.Fprint(a.Err, prompt)
			line, err := term.ReadPassword(f.Fd())
			fmt.Fprintln(a.Err)
			if err != nil {
				return "", err
			}
			text += string(line) + "\n"
			prompt, more = moreShares(text)
		}
		return text, nil
	}
	text, err := io.ReadAll(io.LimitReader(a.In, keyTextMost+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > keyTextMost:
		return "", errors.New("standard input holds more than a key")
	case len(text) == 0:
		return "", errors.New("no key came on standard input")
	}
	return string(text), nil
}

// givenKey is the master key that --key names: a file, or "-".
func (a *App) givenKey() func() (string, error) {
	switch a.Key {
	case "":
		return nil
	case "-":
		// Once: standard input comes to its end.
		return sync.OnceValues(func() (string, error) { return a.readKey(keyPrompt) })
	}
	return func() (string, error) {
		text, err := os.ReadFile(a.Key)
		if err != nil {
			return "", fmt.Errorf("--key: %w", err)
		}
		return string(text), nil
	}
}
