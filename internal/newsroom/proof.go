package newsroom

import (
	"bytes"
	"context"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/mailer/lint"
	"github.com/broadsheet-news/broadsheet/templates"
)

// proofPictures is how long a proof waits for pictures that nobody has asked for yet:
// somebody looks on.
const proofPictures = 2 * time.Second

// Proof is an edition as readers would see it, in every variant.
type Proof struct {
	Edition  *Edition       // its Revision is what the variants show
	Variants []Proofed      // those that are mailed, then the web version
	Laid     bool           // an editor's file is laid over it that is not taken
	Warnings []string       // of the file: what could not be had now
	Findings []lint.Finding // with the edition itself, whatever the variant; links are not asked for
}

// Proofed is one variant, filled in for a reader who does not exist, and the whole
// message to them, where there can be one (see [Newsroom.Unmailable]). The web version is no message, and has no text.
type Proofed struct {
	Rendering
	Message  []byte
	Findings []lint.Finding // of the message
}

// Proof renders an edition as it stands; where file is not empty, as it would stand if
// that editor's file were taken. It stores nothing but pictures that are new. Errors are
// those of [Newsroom.Edit], links apart, which are not tried.
func (n *Newsroom) Proof(ctx context.Context, name string, file []byte) (Proof, error) {
	e, err := n.drafted(ctx, name)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Edition: e}
	if len(bytes.TrimSpace(file)) > 0 {
		if e, err = n.editable(ctx, name); err != nil {
			return Proof{}, err
		}
		if p, err = n.laidOver(ctx, e, file); err != nil {
			return Proof{}, err
		}
	}
	own, err := n.lintEdition(ctx, &e.Printed)
	if err != nil {
		return Proof{}, err
	}
	p.Findings = lint.Sorted(own)
	if err := n.Unmailable(); err != nil {
		p.Warnings = append(p.Warnings, err.Error())
	}
	for _, v := range twins(e.Letter, e.Revision) {
		one, err := n.proofed(ctx, e.Letter, e.Revision, v)
		if err != nil {
			return Proof{}, err
		}
		if len(one.Message) > 0 {
			one.Findings = n.LintMail(&e.Printed, string(v), one.Message)
		}
		p.Variants = append(p.Variants, one)
	}
	r, err := n.render(ctx, e.Letter, e.Revision, templates.Web, false)
	p.Variants = append(p.Variants, Proofed{Rendering: r})
	return p, err
}

// laidOver is an edition with a file laid over it, in memory alone.
func (n *Newsroom) laidOver(ctx context.Context, e *Edition, file []byte) (Proof, error) {
	f, overlay, err := readFile(e, e.Snapshot, file)
	if err != nil {
		return Proof{}, err
	}
	if same, err := changesNothing(e, overlay); err != nil || same {
		return Proof{Edition: e}, err
	}
	if stale(e, f) {
		return Proof{}, n.meanwhile(ctx, e)
	}
	pick, err := picked(e, f, &overlay, e.Snapshot.Drafted)
	if err != nil {
		return Proof{}, err
	}
	ctx, stop := context.WithTimeout(ctx, proofPictures)
	defer stop()
	m, err := n.compose(ctx, e.Letter, e.Snapshot, overlay, pick, e.Edition.Revision)
	e.Overlay, e.Pick, e.Revision = overlay, m.pick, m.content
	return Proof{Edition: e, Laid: true, Warnings: m.warnings}, err
}

// proofed renders a revision for one variant, to nobody.
func (n *Newsroom) proofed(ctx context.Context, letter *config.Newsletter, rev digest.Revision, v templates.Variant) (Proofed, error) {
	r, err := n.render(ctx, letter, rev, v, false)
	if err != nil {
		return Proofed{}, err
	}
	p := Proofed{Rendering: n.fillFor(letter, rev, r, sampleReader)}
	if n.Unmailable() != nil { // it can be looked at all the same
		return p, nil
	}
	p.Message, err = n.messageTo(letter, rev, r, "reader@example.org", sampleName(letter), sampleReader, 0, 0)
	return p, err
}
