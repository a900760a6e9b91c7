package newsroom

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// edited begins the log's word for an edit; what it changed follows.
const edited = "edited"

// Editing is an edit that has begun: the editor's file, and what it was made of.
type Editing struct {
	Ref  string
	Text []byte
	base *Edition
}

// Edited is what an edit came to.
type Edited struct {
	Edition  *Edition
	Changes  []string // in words; none: readers would see the same
	Same     bool     // the file changed nothing: the edition is as it was
	Voided   bool     // it took an approval back
	Warnings []string // what could not be checked, or had to be left out
}

// EditedMeanwhile says that somebody changed the edition after this edit began.
type EditedMeanwhile struct {
	Edition string
	Who     string // empty: the log does not say
	At      time.Time
}

// Error says who it was, and how to go on.
func (e *EditedMeanwhile) Error() string {
	by := ""
	if e.Who != "" {
		by = fmt.Sprintf(" by %s, %s", e.Who, e.At.Format(clock))
	}
	return fmt.Sprintf("%s was edited meanwhile%s, and nothing was saved: \"broadsheet edit %s --print\" shows it as it stands. To lay your file over that all the same, take its line \"from:\" out", e.Edition, by, e.Edition)
}

// BeginEdit writes the editor's file of an edition as it stands.
func (n *Newsroom) BeginEdit(ctx context.Context, name string) (*Editing, error) {
	e, err := n.editable(ctx, name)
	if err != nil {
		return nil, err
	}
	return &Editing{Ref: e.Ref(), Text: digest.FormatFile(e.Snapshot, e.Overlay, e.Pick, e.Letter.Location), base: e}, nil
}

// Edit lays an editor's file over the edition's pick. Its error is a
// [*digest.OverlayError] where the file is wrong, [*EditedMeanwhile] where it began
// from another text than stands now.
func (n *Newsroom) Edit(ctx context.Context, name string, file []byte) (Edited, error) {
	e, err := n.editable(ctx, name)
	if err != nil {
		return Edited{}, err
	}
	return n.lay(ctx, e, e.Snapshot, file)
}

// Save is Edit for a file that BeginEdit wrote: what it repeats of the stories as
// they were then is no change, though they may read otherwise by now.
func (n *Newsroom) Save(ctx context.Context, ed *Editing, file []byte) (Edited, error) {
	e, err := n.editable(ctx, ed.Ref)
	if err != nil {
		return Edited{}, err
	}
	return n.lay(ctx, e, ed.base.Snapshot, file)
}

func (n *Newsroom) editable(ctx context.Context, name string) (*Edition, error) {
	e, err := n.drafted(ctx, name)
	if err == nil && !open(e.State) {
		err = fmt.Errorf("%s is %s and can no longer be edited: %s", e.Ref(), e.State.Words(), e.WayOn(n.Clock()))
	}
	return e, err
}

// lay lays a file over the edition as it stands. read is the snapshot that the file
// was written of.
func (n *Newsroom) lay(ctx context.Context, before *Edition, read digest.Snapshot, file []byte) (Edited, error) {
	f, overlay, err := readFile(before, read, file)
	if err != nil {
		return Edited{}, err
	}
	if stale(before, f) {
		return Edited{}, n.meanwhile(ctx, before)
	}
	if same, err := changesNothing(before, overlay); err != nil || same {
		return Edited{Edition: before, Same: true}, err
	}
	pick, err := picked(before, f, &overlay, read.Drafted)
	if err != nil {
		return Edited{}, err
	}
	problems, warnings := n.checkLinks(ctx, before, f, overlay.Elsewhere)
	if len(problems) > 0 {
		return Edited{}, wrongFile(problems...)
	}
	e, err := n.put(ctx, before, before.Snapshot, overlay, picks{laid: &pick}, edited)
	if errors.Is(err, store.ErrMeanwhile) {
		return Edited{}, n.meanwhile(ctx, n.reloaded(ctx, before))
	}
	if err != nil {
		return Edited{}, f.Locate(err)
	}
	return Edited{
		Edition: e, Changes: digest.Diff(before.Revision, e.Revision), Voided: before.State == digest.Approved,
		Warnings: append(warnings, e.Warnings...),
	}, nil
}

// readFile reads an editor's file of an edition as changes of a snapshot.
func readFile(e *Edition, read digest.Snapshot, file []byte) (digest.File, digest.Overlay, error) {
	f, err := digest.ParseFile(digest.StripErrors(file), e.Letter.Location)
	if err != nil {
		return f, digest.Overlay{}, err
	}
	if f.Edition != "" && f.Edition != e.Ref() {
		return f, digest.Overlay{}, wrongFile(f.At("edition", f.Edition, "is another edition: this file is not of "+e.Ref()))
	}
	return f, f.Overlay(read), nil
}

// stale tells whether a file began from another text than stands now.
func stale(e *Edition, f digest.File) bool { return f.From != "" && f.From != e.Overlay.Mark() }

// picked is the pick under an overlay. A whole file has seen what was drafted by then.
func picked(e *Edition, f digest.File, o *digest.Overlay, drafted time.Time) (digest.Pick, error) {
	if o.Whole {
		o.Seen = drafted
	}
	p, err := digest.Make(e.Snapshot, *o)
	if err != nil {
		return p, f.Locate(err)
	}
	if len(p.Chosen) == 0 && len(e.Pick.Chosen) > 0 {
		err = wrongFile(f.At("sections", "", "the edition has no story left; empty the whole file to leave it as it was"))
	}
	return p, err
}

func wrongFile(problems ...digest.Problem) error { return &digest.OverlayError{Problems: problems} }

// changesNothing tells whether an overlay is the one that stands, or the edition as
// its own file says it.
func changesNothing(e *Edition, o digest.Overlay) (bool, error) {
	stands := e.Overlay
	o.Seen, stands.Seen = time.Time{}, time.Time{}
	if reflect.DeepEqual(o, stands) {
		return true, nil
	}
	own, err := digest.ParseFile(digest.FormatFile(e.Snapshot, e.Overlay, e.Pick, e.Letter.Location), e.Letter.Location)
	if err != nil {
		return false, err
	}
	return reflect.DeepEqual(o, own.Overlay(e.Snapshot)), nil
}

// reloaded is an edition as it stands now; as it was where that cannot be read.
func (n *Newsroom) reloaded(ctx context.Context, e *Edition) *Edition {
	now, err := n.load(ctx, n.refreshed(ctx, e.Edition))
	if err != nil {
		return e
	}
	return now
}

// meanwhile says by whom an edition was edited last.
func (n *Newsroom) meanwhile(ctx context.Context, e *Edition) error {
	told := &EditedMeanwhile{Edition: e.Ref()}
	entries, err := n.LogOf(ctx, e)
	if err != nil {
		return errors.Join(told, err)
	}
	for _, l := range slices.Backward(entries) {
		if strings.Contains(l.Detail, edited) {
			told.Who, told.At = l.Who, l.At
			break
		}
	}
	return told
}
