package newsroom

import (
	"context"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/templates"
)

// mailed are the renderings of a newsletter that readers get. The full text is made
// where somebody can have chosen it; the private one always, so that a reader who once
// chose it never gets anything that gives them away, whatever is offered now.
func mailed(letter *config.Newsletter) []templates.Variant {
	all := []templates.Variant{templates.Digest}
	inPart := func(f config.FormatFor) bool { return f.Format == templates.Full }
	if slices.Contains(letter.Formats, templates.Full) || slices.ContainsFunc(letter.FormatFor, inPart) {
		all = append(all, templates.Full)
	}
	return append(all, templates.TextOnly, templates.Private)
}

// Mailed are the variants of a newsletter that readers get; none of one that does
// not exist.
func (n *Newsroom) Mailed(newsletter string) []templates.Variant {
	letter, ok := n.Config.Newsletter(newsletter)
	if !ok {
		return nil
	}
	return twins(letter, digest.Revision{})
}

// usual is the variant of readers who have not chosen another, or one that the
// newsletter does not have.
func usual(letter *config.Newsletter) templates.Variant { return letter.Format }

// formFor is the variant that a reader of a newsletter gets.
func (n *Newsroom) formFor(ctx context.Context, letter *config.Newsletter, s store.Subscriber) (templates.Variant, error) {
	for _, t := range s.Ties {
		if v := templates.Variant(t.Variant); t.Newsletter == letter.Name && slices.Contains(mailed(letter), v) {
			return v, nil
		}
	}
	return n.usualFor(ctx, letter, s)
}

// formatOf is what is stored for a reader's choice, which may come from another
// program's list. The usual one leaves no mark: where that is private, no row says who
// is at risk. But where a part of the readers gets another one, it is a choice like any.
// known tells whether it was understood.
func formatOf(letter *config.Newsletter, choice string) (stored string, known bool) {
	v := templates.Variant(strings.ToLower(choice))
	switch v {
	case "", "html": // other programs' word for what is no text
		return "", true
	case "plain", "plaintext", "txt":
		v = templates.TextOnly
	case templates.Digest, templates.Full, templates.TextOnly, templates.Private:
	default:
		return "", false
	}
	if v == usual(letter) && !differs(letter) {
		return "", true
	}
	return string(v), true
}

// differs tells whether some readers who chose nothing get another form than the usual.
// Where that is private, none does: see package config.
func differs(letter *config.Newsletter) bool {
	return usual(letter) != templates.Private && len(letter.FormatFor) > 0
}

// chosenFormat is what is stored for a choice that a reader makes on our pages. What the
// newsletter does not have is the usual one.
func chosenFormat(letter *config.Newsletter, v templates.Variant) string {
	stored, _ := formatOf(letter, string(v))
	if v == usual(letter) {
		return "" // who signs up finds it chosen already
	}
	if !slices.Contains(mailed(letter), templates.Variant(stored)) {
		return ""
	}
	return stored
}

// chooseFormat stores a reader's choice for one of their newsletters.
func (n *Newsroom) chooseFormat(ctx context.Context, id [16]byte, newsletter string, v templates.Variant) error {
	letter, ok := n.Config.Newsletter(newsletter)
	if !ok {
		return nil // no longer configured: nothing to choose
	}
	stored := chosenFormat(letter, v)
	if len(letter.FormatFor) > 0 && slices.Contains(mailed(letter), v) {
		// What this reader would get without a choice leaves no mark; the usual one of
		// others does.
		s, err := n.Store.SubscriberByID(ctx, id)
		if err != nil {
			return err
		}
		own, err := n.usualFor(ctx, letter, s)
		if err != nil {
			return err
		}
		if stored = string(v); v == own {
			stored = ""
		}
	}
	return n.Store.SetVariant(ctx, id, newsletter, stored)
}
