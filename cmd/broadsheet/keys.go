package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

func (a *App) keys() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "keys",
		Short: "Say where the master key lies and what a taken disk would reveal",
		Long: `Say whether the list can be read now: by the serve that runs here, or by a command.
And say in plain words where the master key lies, and what somebody learns who takes
this disk.`,
		Example: "broadsheet keys\nbroadsheet keys web > broadsheet.webkey",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(_ context.Context, n *newsroom.Newsroom, _ []string) error {
			state, err := newsroom.AskServe(n.Options(), newsroom.KeyRequest{Do: newsroom.AskState})
			if errors.Is(err, newsroom.ErrNoServe) {
				state, err = n.KeyState(), nil
			}
			if err != nil {
				return err
			}
			return a.printKeyState(state, asJSON)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.AddCommand(a.keysWeb(), a.keysRotate(), a.keysSplit(), a.keysCombine())
	return c
}

func (a *App) keysWeb() *cobra.Command {
	return &cobra.Command{
		Use:   "web",
		Short: "Print the web key, for a node that serves readers' pages alone",
		Long: `Print the web key. A node whose configuration says "key: web" wants it in its folder
as broadsheet.webkey, mode 0600: it checks the links in mails and seals sign-ups, and
opens no address. It is a secret all the same: whoever has it and a reader's link can
make that reader leave.`,
		Example: "broadsheet keys web > broadsheet.webkey",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(_ context.Context, n *newsroom.Newsroom, _ []string) error {
			if !n.HasWebKey() {
				return newsroom.ErrNeverUnlocked
			}
			_, err := fmt.Fprint(a.Out, n.Keys.WebKey().Encode())
			return err
		}),
	}
}
