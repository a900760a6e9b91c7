package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

func (a *App) keysSplit() *cobra.Command {
	var of, need int
	var out string
	c := &cobra.Command{
		Use:   "split",
		Short: "Write the master key as shares, of which some are needed",
		Long: `Write the master key as shares, a file each: any --need of them open the list, and
fewer tell nothing. So no one person holds the list, and a lost share is not a lost
list. Print them, hand them out, delete the files; "broadsheet unlock" takes shares
as it takes the key. A wrong letter in one is noticed. The key itself stays valid:
take its file away if the shares are to be all there is.`,
		Example: "broadsheet keys split --of 3 --need 2 --out shares",
		Args:    cobra.NoArgs,
		RunE: a.inNewsroom(func(ctx context.Context, n *newsroom.Newsroom, _ []string) error {
			texts, err := n.SplitKey(ctx, of, need)
			if errors.Is(err, subscribers.ErrShareNumbers) {
				return misused("%w", err)
			}
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o700); err != nil {
				return err
			}
			for i, text := range texts {
				file := filepath.Join(out, fmt.Sprintf("share-%d-of-%d.txt", i+1, of))
				if err := writeNew(file, text); err != nil {
					return err
				}
				fmt.Fprintln(a.Out, file)
			}
			a.tell("Any %d of these %d open the list. Keep no two of them in one place.\n", need, of)
			return nil
		}),
	}
	countFlag(c, &of, "of", 3, "how many shares")
	countFlag(c, &need, "need", 2, "how many of them open the list")
	c.Flags().StringVar(&out, "out", "shares", "the folder to write them into")
	return c
}

func (a *App) keysCombine() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "combine [FILE...]",
		Short: "Make the master key of its shares",
		Long: `Make the master key of its shares, from files or from standard input, and write it to
--out. To open the list they need not be combined: "broadsheet unlock" takes them.`,
		Example: "broadsheet keys combine share-1-of-3.txt share-3-of-3.txt --out broadsheet.key",
		RunE: func(_ *cobra.Command, files []string) error {
			if out == "" {
				return misused("combine needs --out FILE: where the key is to go")
			}
			text := ""
			for _, file := range files {
				share, err := os.ReadFile(file)
				if info, gone := os.Stat(file); gone == nil && info.IsDir() {
					err = fmt.Errorf("%s is a folder: name the files of the shares in it", file)
				}
				if err != nil {
					return err
				}
				text += string(share) + "\n"
			}
			if len(files) == 0 {
				var err error
				if text, err = a.readKey("A share: "); err != nil {
					return err
				}
			}
			master, err := subscribers.Combine(text)
			if err != nil {
				return err
			}
			if err := writeNew(out, master.Encode()); err != nil {
				return err
			}
			a.tell("The key is in %s.\n", out)
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "the file to make with the key (mode 0600)")
	return c
}

// moreShares tells whether a text holds shares of a key, and too few.
func moreShares(text string) (words string, more bool) {
	if !subscribers.HasShares(text) {
		return "", false
	}
	_, err := subscribers.Combine(text)
	var few *subscribers.ErrMoreShares
	if !errors.As(err, &few) {
		return "", false
	}
	return few.Error() + ". Another: ", true
}
