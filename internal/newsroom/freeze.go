package newsroom

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// ErrChanged says that what would be sent is not what was approved.
var ErrChanged = errors.New("it is not what was approved")

// freeze renders an approved edition again, checks that this is what was
// approved, and stores the compiled bytes. Nothing is rendered after this. An
// edition that has changed (a theme, the configuration) goes back to draft; one whose
// mail has errors is held, unless force gives a reason to let them pass.
func (n *Newsroom) freeze(ctx context.Context, e *Edition, force string) error {
	now := n.Clock()
	renderings, hash, err := n.renderAll(ctx, e.Letter, e.Revision)
	if err != nil {
		return err
	}
	if hash != e.Stored.Approved.Hash {
		err := n.Store.Transition(ctx, e.ID, []digest.State{digest.Approved}, digest.Draft, n.Who, "the rendering changed after the approval", now)
		return errors.Join(fmt.Errorf("%s: %w (the theme or the configuration changed since): it is a draft again; look at it and approve it again", e.Ref(), ErrChanged), err)
	}
	if renderings, err = n.mirrored(ctx, e, renderings); err != nil {
		return err
	}
	var frozen []store.Variant
	var mails []sampleMail
	for _, r := range renderings {
		c, err := n.compile(e.Letter, e.Revision, r, now.In(e.Letter.Location))
		if err != nil {
			return err
		}
		compiled, err := c.MarshalBinary()
		if err != nil {
			return err
		}
		mail, err := n.sampleOf(e.Letter, string(r.Variant), c)
		if err != nil {
			return err
		}
		mails = append(mails, mail)
		sum := c.Hash()
		frozen = append(frozen, store.Variant{
			Name: string(r.Variant), Subject: r.Subject, Compiled: compiled, Hash: hex.EncodeToString(sum[:]), Size: c.Size(),
		})
	}
	if err := n.stopFaulty(ctx, e, mails, force); err != nil {
		return err
	}
	return n.Store.Freeze(ctx, e.ID, e.Revision.Number, hash, frozen, n.Who, now)
}
