package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/templates"
)

// Rendering is a revision as the readers of one variant get it. Merge fields
// stand in it as markers.
type Rendering struct {
	Variant templates.Variant
	templates.Rendered
	Inline []message.Inline // pictures that travel in the message
}

// markers stand for the merge fields of one revision. They come from a key that
// no story can know, so no story can point at a reader's token.
func (n *Newsroom) markers(rev digest.Revision) message.Markers {
	return message.NewMarkers(n.Keys.Marker(fmt.Sprintf("%s/%s#%d", rev.Newsletter, rev.Slot, rev.Number)))
}

// render renders a revision for one variant.
func (n *Newsroom) render(ctx context.Context, letter *config.Newsletter, rev digest.Revision, v templates.Variant, draft bool) (Rendering, error) {
	m := n.markers(rev)
	look := letter.Look
	look.Draft = draft
	shown, quiet, welcome := plain(v)
	if quiet || welcome || !hasAppeal(letter, rev, shown) {
		look.Support = nil
	}
	if v == templates.Web && !n.Config.Own(look.LogoURL) { // see package web
		look.LogoURL = ""
	}
	greeting := templates.Greeting("")
	if letter.Greeting {
		greeting = templates.Greeting(m.Of(message.FieldGreeting))
	}
	theme, err := n.editionTheme(letter)
	if err != nil {
		return Rendering{}, fmt.Errorf("render %s/%s: %w", rev.Newsletter, rev.Slot, err)
	}
	var inline []message.Inline
	if welcome {
		rev = n.welcomed(letter, rev)
	}
	if shown == templates.Private {
		if rev, inline, err = n.private(ctx, letter, rev); err != nil {
			return Rendering{}, fmt.Errorf("the pictures of %s/%s within the mail: %w", rev.Newsletter, rev.Slot, err)
		}
		look.Neutral = letter.Private.Subject != ""
	}
	r, err := theme.Render(rev, shown, look, templates.Links{
		Web:         n.EditionURL(rev.Newsletter, rev.Slot),
		Unsubscribe: n.UnsubscribeURL(rev.Newsletter, m.Of(message.FieldUnsubscribe)),
		Preferences: n.PreferencesURL(rev.Newsletter, m.Of(message.FieldPreferences)),
		Appeal:      n.AppealURL(rev.Newsletter, m.Of(message.FieldPreferences)),
		Home:        n.Config.Site.String(),
		Pictures:    n.MediaURL(""),
		Greeting:    greeting,
	})
	if err != nil {
		return Rendering{}, fmt.Errorf("render %s/%s for %s: %w", rev.Newsletter, rev.Slot, v, err)
	}
	return Rendering{Variant: v, Rendered: r, Inline: shownOf(inline, r.HTML)}, nil
}

// shownOf are the pictures that the HTML shows: a theme without pictures leaves them out.
func shownOf(inline []message.Inline, html string) []message.Inline {
	return slices.DeleteFunc(inline, func(p message.Inline) bool { return !strings.Contains(html, "cid:"+p.ID) })
}

// renderAll renders every variant that is mailed and says, in one hash, what
// readers would get. An approval holds this hash: where it differs later, the
// approval is not for that.
func (n *Newsroom) renderAll(ctx context.Context, letter *config.Newsletter, rev digest.Revision) ([]Rendering, string, error) {
	h := sha256.New()
	var all []Rendering
	for _, v := range twins(letter, rev) {
		r, err := n.render(ctx, letter, rev, v, false)
		if err != nil {
			return nil, "", err
		}
		for _, part := range []string{string(v), r.Subject, r.HTML, r.Text} {
			fmt.Fprintf(h, "%d:", len(part))
			io.WriteString(h, part)
		}
		all = append(all, r)
	}
	return all, hex.EncodeToString(h.Sum(nil)), nil
}

// compile makes the message of a rendering, once for all its readers.
func (n *Newsroom) compile(letter *config.Newsletter, rev digest.Revision, r Rendering, date time.Time) (*message.Compiled, error) {
	if err := n.Unmailable(); err != nil {
		return nil, err
	}
	m := n.markers(rev)
	t := message.Template{
		Kind:            message.KindList,
		Markers:         m,
		From:            letter.From,
		Subject:         r.Subject,
		Date:            date,
		MessageIDDomain: domainOf(letter.From.Address),
		ListID:          message.ListID{Phrase: letter.Title, ID: letter.ListID},
		UnsubscribeURL:  n.UnsubscribeURL(rev.Newsletter, m.Of(message.FieldUnsubscribe)),
		ArchiveURL:      n.ArchiveURL(rev.Newsletter),
		Text:            r.Text,
		HTML:            r.HTML,
		Inline:          r.Inline,
	}
	if letter.ReplyTo != nil {
		t.ReplyTo = *letter.ReplyTo
	}
	if letter.UnsubscribeMailto != "" {
		t.UnsubscribeMailto = "mailto:" + letter.UnsubscribeMailto + "?subject=" + m.Of(message.FieldUnsubscribe)
	}
	if letter.FeedbackSender != "" {
		t.FeedbackID = strings.Join([]string{compact(rev.Slot), rev.Newsletter, "digest", letter.FeedbackSender}, ":")
	}
	shown, _, welcome := plain(r.Variant)
	if welcome {
		t.AutoSubmitted = "auto-generated"
	}
	if shown == templates.Private {
		discreet(&t, letter)
	}
	c, err := message.Compile(t)
	if err != nil {
		return nil, fmt.Errorf("compile %s/%s for %s: %w", rev.Newsletter, rev.Slot, r.Variant, err)
	}
	return c, nil
}

// discreet takes out of a private mail's header what tells who reads what to whoever
// sees the mailbox, and serves the reader in nothing: the list's name beside its id, the
// archive, the edition in Gmail's statistics, and names where a neutral one is asked for.
func discreet(t *message.Template, letter *config.Newsletter) {
	t.ListID.Phrase, t.ArchiveURL = "", ""
	if t.FeedbackID != "" {
		t.FeedbackID = ":::" + letter.FeedbackSender
	}
	if name := letter.Private.FromName; name != "" {
		t.From.Name, t.ReplyTo.Name = name, ""
	}
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}
