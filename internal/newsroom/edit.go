package newsroom

import (
	"context"
	"fmt"

	"github.com/broadsheet-news/broadsheet/digest"
)

// Edit lays an editor's file over the edition's pick. voided says that this took
// an approval back.
func (n *Newsroom) Edit(ctx context.Context, name string, file []byte) (e *Edition, voided bool, err error) {
	before, err := n.drafted(ctx, name)
	if err != nil {
		return nil, false, err
	}
	if !open(before.State) {
		return nil, false, fmt.Errorf("%s is %s and can no longer be edited: \"broadsheet reopen %s\" makes a new revision of it", before.Ref(), before.State, before.Ref())
	}
	overlay, err := digest.ParseOverlay(file)
	if err != nil {
		return nil, false, err
	}
	e, err = n.put(ctx, before, before.Snapshot, overlay, "edited")
	return e, before.State == digest.Approved, err
}

// EditorsFile is the editor's file of an edition as it stands.
func (n *Newsroom) EditorsFile(ctx context.Context, name string) ([]byte, error) {
	e, err := n.drafted(ctx, name)
	if err != nil {
		return nil, err
	}
	return digest.FormatOverlay(e.Snapshot, e.Overlay, e.Pick), nil
}
