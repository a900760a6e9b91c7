package newsroom

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/digest/views"
	"github.com/broadsheet-news/broadsheet/internal/config"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

const (
	// candidatesBack is how far before its window an edition still looks at stories,
	// so that the reason for leaving one out can be told.
	candidatesBack = 7 * 24 * time.Hour

	// mostEvergreens bounds what a snapshot holds: no edition takes more than 100 stories.
	mostEvergreens = 100

	// correctionsBack is how long a story is watched for corrections after the slot
	// of the edition that carried it.
	correctionsBack = 8 * 7 * 24 * time.Hour
)

// snapshot is everything known now that the pick of an edition may depend on. before is the
// edition as it was last drafted, at its slot as it is now; unread, that no source could be
// read for this. byRule is what the rule picks of it by itself, where that is known by now.
// The warnings are about what could not be had and is done without.
func (n *Newsroom) snapshot(ctx context.Context, before *Edition, unread bool) (s digest.Snapshot, byRule *digest.Pick, warnings []string, err error) {
	letter, row := before.Letter, before.Edition
	from, to, err := n.window(ctx, letter, row, before.Snapshot.From)
	if err != nil {
		return s, nil, nil, err
	}
	s = digest.Snapshot{
		Newsletter: letter.Name, Slot: row.Slot, At: row.At.In(letter.Location), From: from, To: to, Drafted: n.Clock(), Unread: unread, Rules: letter.Rules(),
		Sources: sourceNames(letter),
	}
	if s.Mailed, err = n.Store.MailedStories(ctx, letter.Name); err != nil {
		return s, nil, nil, err
	}
	if s.Corrected, err = n.corrections(ctx, letter, row); err != nil {
		return s, nil, nil, err
	}
	readings, warnings := n.pageViews(ctx, letter)
	if byRule, err = n.addStories(ctx, letter, &s, readings, before); err != nil {
		return s, nil, nil, err
	}
	if readings != nil && len(s.Views) == 0 {
		warnings = append(warnings, fmt.Sprintf("the page views of %s are of none of the stories", viewsFrom(*letter.Views)))
	}
	return s, byRule, warnings, nil
}

func sourceNames(letter *config.Newsletter) []string {
	names := make([]string, len(letter.Sources))
	for i, s := range letter.Sources {
		names[i] = s.Name
	}
	return names
}

// window is the stretch of time that an edition takes its stories from. It ends at
// the slot less freeze_lead, however late it is drafted; drafted ahead, it ends now.
// The next begins where it ends: no story falls between them. began is where it began
// when the edition was last drafted; where no edition was sent before, nothing else
// says that.
func (n *Newsroom) window(ctx context.Context, letter *config.Newsletter, row store.Edition, began time.Time) (from, to time.Time, err error) {
	now := n.Clock()
	if row.Kind == store.Extra {
		return now.Add(-24 * time.Hour), now, nil
	}
	var cutoff time.Time
	sent, err := n.Store.LastSent(ctx, letter.Name, row.At)
	switch {
	case err == nil:
		cutoff = sent.Cutoff
	case !errors.Is(err, store.ErrNotFound):
		return from, to, err
	}
	end := row.At.Add(-letter.FreezeLead)
	if now.Before(end) {
		end = now
	}
	if from, to = digest.Window(cutoff, end); cutoff.IsZero() && !began.IsZero() {
		from = began
	}
	return from, to, nil
}

// addStories puts the candidates in: those of the window and a little before it,
// evergreens, and what the edition as it was last drafted had of older ones, for the
// editor may have named it. Where that makes a thin week, those of earlier windows come
// in too, as far as such a week may go back; else byRule is the pick that it makes.
func (n *Newsroom) addStories(ctx context.Context, letter *config.Newsletter, s *digest.Snapshot, readings []views.Reading, before *Edition) (byRule *digest.Pick, err error) {
	if s.Stories, err = n.Store.Stories(ctx, letter.Name, s.From.Add(-candidatesBack), time.Time{}); err != nil {
		return nil, err
	}
	evergreens, err := n.Store.Evergreens(ctx, letter.Name, mostEvergreens)
	if err != nil {
		return nil, err
	}
	addNew(s, evergreens)
	addNew(s, before.Snapshot.Stories)
	matchViews(s, readings)
	pick, err := digest.Make(*s, digest.Overlay{})
	if err != nil || len(pick.Chosen) >= s.Rules.HoldBelow && len(pick.Chosen) > 0 {
		return &pick, err
	}
	older, err := n.Store.Stories(ctx, letter.Name, s.From.Add(-digest.Reserve), time.Time{})
	if err != nil {
		return nil, err
	}
	addNew(s, older)
	matchViews(s, readings)
	return nil, nil
}

// addNew puts in the stories that are not there yet.
func addNew(s *digest.Snapshot, stories []digest.Story) {
	known := make(map[string]bool, len(s.Stories))
	for _, x := range s.Stories {
		known[x.ID] = true
	}
	for _, x := range stories {
		if !known[x.ID] {
			s.Stories = append(s.Stories, x)
		}
	}
}
