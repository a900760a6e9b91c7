package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
	"github.com/broadsheet-news/broadsheet/templates/words"
)

func (a *App) words() *cobra.Command {
	c := &cobra.Command{
		Use:   "words",
		Short: "The languages readers are addressed in: add one, or change words",
		Long: `Everything that readers see beside the stories comes from the words of the
newsletter's language. A file words/LANGUAGE.yaml in the newsroom adds a language, or
changes single words of one that is there. See docs/themes.md.`,
		Example: "broadsheet words list\nbroadsheet words new pl\nbroadsheet words check",
	}
	c.AddCommand(a.wordsList(), a.wordsNew(), a.wordsCheck())
	return c
}

// wordsRow is a language in the list.
type wordsRow struct {
	Language    string   `json:"language"`
	Name        string   `json:"name"`
	Own         bool     `json:"own"` // the newsroom has words of its own
	Newsletters []string `json:"newsletters"`
}

func (a *App) wordsList() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the languages that have words, and who is in them",
		Example: "broadsheet words list\nbroadsheet words list --json",
		Args:    cobra.NoArgs,
		RunE: a.configured(func(conf *config.Config, _ []string) error {
			set, wrong := newsroom.OwnWords(conf)
			var rows []wordsRow
			var cells [][]string
			for _, tag := range set.Languages() {
				w := set.For(tag)
				r := wordsRow{Language: tag, Name: w.Name, Own: isOwn(set, tag), Newsletters: []string{}}
				for _, letter := range conf.Newsletters {
					if set.Has(letter.Language) && set.For(letter.Language) == w {
						r.Newsletters = append(r.Newsletters, letter.Name)
					}
				}
				rows = append(rows, r)
				from := "built in"
				if r.Own {
					from = config.WordsDir + "/" + words.FileOf(tag)
				}
				cells = append(cells, []string{r.Language, r.Name, from, strings.Join(r.Newsletters, ", ")})
			}
			if asJSON {
				return errors.Join(a.printJSON(rows), wordsError(wrong))
			}
			printTable(a.Out, []string{"LANGUAGE", "NAME", "WORDS", "NEWSLETTERS"}, cells)
			return wordsError(wrong)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *App) wordsNew() *cobra.Command {
	return &cobra.Command{
		Use:   "new LANGUAGE",
		Short: "Write a file to begin a language with, or to change words in",
		Long: `Write words/LANGUAGE.yaml with every key. Of a language that has no words yet each
line is to be filled in, the English behind it, with the plural forms that the
language has. Of one that has, each line is a comment: take the # away where you want
other words. LANGUAGE is a tag such as pl, pt-BR or sr-Latn.`,
		Example: "broadsheet words new pl\nbroadsheet words new de",
		Args:    cobra.ExactArgs(1),
		RunE: a.configured(func(conf *config.Config, args []string) error {
			file, err := newsroom.NewWords(conf, args[0])
			if err != nil {
				return err
			}
			a.tell("%s\n\nFill it in; \"broadsheet words check\" says what it lacks.\n", file)
			return nil
		}),
	}
}

func (a *App) wordsCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "Say what is wrong with your words, and what they lack",
		Example: "broadsheet words check",
		Args:    cobra.NoArgs,
		RunE: a.configured(func(conf *config.Config, _ []string) error {
			set, wrong := newsroom.OwnWords(conf)
			if err := wordsError(wrong); err != nil {
				return err
			}
			for _, letter := range conf.Newsletters {
				if !set.Has(letter.Language) {
					return fmt.Errorf("newsletter %s is in the language %s, which has no words: begin them with \"broadsheet words new %s\"", letter.Name, letter.Language, letter.Language)
				}
			}
			tags := slices.DeleteFunc(set.Languages(), func(tag string) bool { return !isOwn(set, tag) })
			if len(tags) == 0 {
				a.tell("There are no words of your own: all are built in.\n")
				return nil
			}
			a.tell("Nothing is wrong, and nothing missing: %s.\n", strings.Join(tags, ", "))
			return nil
		}),
	}
}

// isOwn tells whether the newsroom has words of its own for a language.
func isOwn(set *words.Set, tag string) bool { return set.For(tag) != words.For(tag) }

func wordsError(wrong []*words.Error) error {
	var errs []error
	for _, e := range wrong {
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}
