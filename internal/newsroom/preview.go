package newsroom

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/lazyregexp"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer/message"
	"github.com/broadsheet-news/broadsheet/subscribers"
	"github.com/broadsheet-news/broadsheet/templates"
)

// PreviewFile is one file of a preview.
type PreviewFile struct {
	Name  string // "weekly-2026-11-27T0900-digest.html"
	Bytes []byte
}

// sampleReader is who a preview is addressed to: nobody.
var sampleReader = subscribers.ID{}

// sampleName is what the reader of a preview is called, where readers are greeted.
func sampleName(letter *config.Newsletter) string {
	if !letter.Greeting {
		return ""
	}
	return "Ada Reader"
}

// Preview renders an edition as it stands, for each variant: HTML, text, and, where the
// site allows of one, the whole message to a made-up reader, whose links work for nobody.
func (n *Newsroom) Preview(ctx context.Context, name string) ([]PreviewFile, error) {
	e, err := n.draftedPrint(ctx, name)
	if err != nil {
		return nil, err
	}
	files, _, err := n.previewed(ctx, e)
	return files, err
}

// PreviewLint is Preview for a disk, with the pictures in its pages, and then, once keep has
// taken the files, what is wrong with the edition's mail as [Newsroom.Lint] says it offline.
func (n *Newsroom) PreviewLint(ctx context.Context, name string, keep func([]PreviewFile) error) (LintReport, error) {
	e, err := n.draftedPrint(ctx, name)
	if err != nil {
		return LintReport{}, err
	}
	files, mails, err := n.previewed(ctx, e)
	for i := range files {
		if err == nil && strings.HasSuffix(files[i].Name, ".html") {
			files[i].Bytes, err = n.alone(ctx, files[i].Bytes)
		}
	}
	if err == nil {
		err = keep(files)
	}
	if err != nil {
		return LintReport{}, err
	}
	frozen, err := n.frozenMails(ctx, e)
	if err != nil {
		return LintReport{}, err
	}
	if len(frozen) > 0 {
		mails = frozen
	}
	return n.lint(ctx, e, mails, true)
}

// previewed renders an edition for each variant.
func (n *Newsroom) previewed(ctx context.Context, e *Printed) (files []PreviewFile, mails []sampleMail, err error) {
	for _, v := range twins(e.Letter, e.Revision) {
		p, err := n.proofed(ctx, e.Letter, e.Revision, v)
		if err != nil {
			return nil, nil, err
		}
		stem := fmt.Sprintf("%s-%s-%s", e.Newsletter, compact(e.Slot), v)
		if len(p.Message) > 0 {
			mails = append(mails, sampleMail{string(v), p.Message})
			files = append(files, PreviewFile{stem + ".eml", p.Message})
		}
		if p.HTML != "" {
			files = append(files, PreviewFile{stem + ".html", []byte(p.Page())})
		}
		files = append(files, PreviewFile{stem + ".txt", []byte(p.Text)})
	}
	return files, mails, nil
}

// ownShown is a picture of ours where a page shows it, and its name: at the site, or where
// that was when the edition was drafted.
var ownShown = lazyregexp.New(`src="https?://[^"]*/([0-9a-f]{64}\.(?:jpg|png))"`)

// alone is a page that shows our own pictures without our site: opened from a disk, before
// a serve runs or the site is there.
func (n *Newsroom) alone(ctx context.Context, page []byte) (shown []byte, err error) {
	at := 0
	for _, place := range ownShown.Compiled().FindAllSubmatchIndex(page, -1) {
		m, err := n.Picture(ctx, string(page[place[2]:place[3]]))
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		}
		shown = append(append(shown, page[at:place[0]]...), `src="data:`+m.Type+";base64,"+base64.StdEncoding.EncodeToString(m.Bytes)+`"`...)
		at = place[1]
	}
	return append(shown, page[at:]...), nil
}

// WebPage is an edition as the web version shows it: the same for everyone.
func (n *Newsroom) WebPage(ctx context.Context, e *Printed) (string, error) {
	r, err := n.render(ctx, e.Letter, e.Revision, templates.Web, false)
	return r.HTML, err
}

// fillFor puts one reader's values where the markers stand.
func (n *Newsroom) fillFor(letter *config.Newsletter, rev digest.Revision, r Rendering, id subscribers.ID) Rendering {
	m := n.markers(rev)
	fill := strings.NewReplacer(
		m.Of(message.FieldUnsubscribe), n.Keys.Token(subscribers.Unsubscribe, letter.Name, id, 0),
		m.Of(message.FieldPreferences), n.Keys.Token(subscribers.Preferences, letter.Name, id, 0),
		m.Of(message.FieldGreeting), n.greeting(letter, sampleName(letter)),
	)
	r.HTML, r.Text = fill.Replace(r.HTML), fill.Replace(r.Text)
	return r
}

// messageTo is a rendering as one person's whole message.
func (n *Newsroom) messageTo(letter *config.Newsletter, rev digest.Revision, r Rendering, address, display string, id subscribers.ID, generation uint32, mailing int64) ([]byte, error) {
	if isPrivate(string(r.Variant)) {
		display = "" // nobody is named in it
	}
	c, err := n.compile(letter, rev, r, n.Clock())
	if err != nil {
		return nil, err
	}
	msg, err := c.Splice(nil, n.reader(letter, address, display, id, generation, mailing))
	if err != nil {
		return nil, err
	}
	return n.sign(letter, msg)
}

// reader holds one person's values of the merge fields.
func (n *Newsroom) reader(letter *config.Newsletter, address, display string, id subscribers.ID, generation uint32, mailing int64) message.Reader {
	return message.Reader{
		Address:     address,
		Name:        display,
		Greeting:    n.greeting(letter, display),
		MessageID:   n.Keys.WebKey().LetterID(mailing, id), // of a mailing's messages: see composer
		Unsubscribe: n.Keys.Token(subscribers.Unsubscribe, letter.Name, id, generation),
		Preferences: n.Keys.Token(subscribers.Preferences, letter.Name, id, generation),
	}
}

// greeting is the line for a reader's name; empty where it has none, or readers are
// not greeted.
func (n *Newsroom) greeting(letter *config.Newsletter, display string) string {
	if !letter.Greeting {
		return ""
	}
	return n.Theme(letter).Words(letter.Language).Greet(display)
}

// compact is a slot without the signs that file names and header fields dislike.
func compact(s digest.Slot) string {
	return strings.NewReplacer(":", "").Replace(string(s))
}
