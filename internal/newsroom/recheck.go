package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/fetch"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/internal/store"
)

// recheckTime is how long all the sources and pages of an edition may take together
// before it goes out. What has not answered by then is said, and stops nothing.
const recheckTime = 45 * time.Second

// Stopped says that an edition was not sent, since its sources have taken back some
// of what it says. It is held now.
type Stopped struct {
	Edition string
	Changes []TakenBack
}

// TakenBack is what a source has taken back of a story.
type TakenBack struct {
	Story string `json:"story"` // ID
	Title string `json:"title"` // as it is printed
	What  string `json:"what"`  // "its page is gone (404: no such page)"
}

// Error says what was taken back, and how to go on.
func (s *Stopped) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is not sent: its sources have taken something back since it was picked.\n", s.Edition)
	for _, c := range s.Changes {
		fmt.Fprintf(&b, "  - %s %q: %s\n", c.Story, c.Title, c.What)
	}
	b.WriteString("It is held. To go on:\n")
	for _, way := range s.ways() {
		fmt.Fprintf(&b, "  %s\n", way)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ways are the commands for each way on.
func (s *Stopped) ways() []string {
	newsletter, slot, _ := strings.Cut(s.Edition, "/")
	return []string{
		fmt.Sprintf("broadsheet edit %s    # drop the story, or print it otherwise; then approve", s.Edition),
		fmt.Sprintf("broadsheet draft %s --slot %s    # as its sources have it now; then approve", newsletter, slot),
		fmt.Sprintf("broadsheet approve %s    # send it as it is, knowing this", s.Edition),
	}
}

// recheck reads the sources of an edition once more before it goes out, and stops it
// where they have taken something back that nobody has seen yet: its error is a
// [*Stopped] then, the edition is held and its editors are told. A source or page
// that cannot be reached takes nothing back; the edition's log says which.
func (n *Newsroom) recheck(ctx context.Context, e *Edition) error {
	known, err := n.knownPages(ctx, e.ID)
	if err != nil {
		return err
	}
	changes, unread := n.takenBack(ctx, e, known)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	seen, err := n.seenTaken(ctx, e.ID)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(changes), func(c TakenBack) bool { return seen[c.Story] == c.What })
	detail := fmt.Sprintf("%s, %s taken back", figures.Counted(len(e.Revision.Items()), "story", "stories"), figures.Of(len(changes)))
	if len(unread) > 0 {
		detail += "; not reached: " + strings.Join(unread, "; ")
		n.Log.Warn("before the send, not everything could be read again", "edition", e.Ref(), "what", unread)
	}
	if err := n.Store.Log(ctx, e.ID, store.Entry{At: n.Clock(), Who: n.Who, What: "checked", Detail: detail}); err != nil {
		return err
	}
	if len(fresh) == 0 {
		return nil
	}
	return n.stop(ctx, e, fresh, seen)
}

// stop holds an edition. What was told is remembered last: a crash before that stops
// it once more, and never lets it pass.
func (n *Newsroom) stop(ctx context.Context, e *Edition, changes []TakenBack, seen map[string]string) error {
	stopped := &Stopped{e.Ref(), changes}
	for _, c := range changes {
		seen[c.Story] = c.What
		n.Log.Warn("a source has taken something back: the edition is held", "edition", e.Ref(), "story", c.Story, "what", c.What)
	}
	doc, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(doc)
	err = n.tellOnce(ctx, e.Letter, e.Edition, e.Ref()+" is held: its sources have taken something back",
		func() (string, error) { return stoppedBody(stopped), nil },
		fmt.Sprintf("stopped/%d#%d/%s", e.ID, e.Revision.Number, hex.EncodeToString(sum[:4])))
	if err != nil {
		return err
	}
	if err := n.hold(ctx, e, "its sources have taken something back"); err != nil {
		return err
	}
	// That it is held at its slot, too, they know by now.
	held := n.refreshed(ctx, e.Edition)
	if err := n.wasTold(ctx, e.Letter, held, "", heldWord(held)); err != nil {
		return err
	}
	return errors.Join(stopped, n.remember(ctx, seenKey(e.ID), seen))
}

// hold puts an edition that was about to go out back to its editors. What is frozen
// is never changed: the next revision of it, which says the same, is held.
func (n *Newsroom) hold(ctx context.Context, e *Edition, why string) error {
	if e.State == digest.Frozen {
		if _, err := n.Store.NextRevision(ctx, e.ID, []digest.State{digest.Frozen}, n.Who, why, n.Clock()); err != nil {
			return err
		}
		next, err := n.load(ctx, n.refreshed(ctx, e.Edition))
		if err == nil {
			_, err = n.renumber(ctx, next)
		}
		if err != nil {
			return err
		}
	}
	from := []digest.State{digest.Draft, digest.Held, digest.Approved}
	return n.Store.Transition(ctx, e.ID, from, digest.Held, n.Who, why, n.Clock())
}

func stoppedBody(s *Stopped) string {
	var b strings.Builder
	b.WriteString("It has not been sent. Since it was picked:\n\n")
	for _, c := range s.Changes {
		fmt.Fprintf(&b, "- **%s**: %s\n", inert(c.Title), inert(c.What))
	}
	b.WriteString("\nText that was taken out may have been taken out to protect someone. One of these goes on:\n\n")
	for _, way := range s.ways() {
		command, what, _ := strings.Cut(way, "    # ")
		fmt.Fprintf(&b, "- `%s`: %s\n", command, what)
	}
	return b.String()
}

// seenKey is where the store keeps what of an edition's stories the editors know to be
// taken back.
func seenKey(edition int64) string { return fmt.Sprintf("taken back/%d", edition) }

func (n *Newsroom) seenTaken(ctx context.Context, edition int64) (map[string]string, error) {
	seen := map[string]string{}
	_, err := n.recall(ctx, seenKey(edition), &seen)
	return seen, err
}

// knowTaken remembers more of what is taken back.
func (n *Newsroom) knowTaken(ctx context.Context, e *Edition, more map[string]string) error {
	seen, err := n.seenTaken(ctx, e.ID)
	if err != nil || len(more) == 0 {
		return err
	}
	maps.Copy(seen, more)
	return n.remember(ctx, seenKey(e.ID), seen)
}

// knownTaken is what of an edition's stories was taken back, and stopped it, as far as
// they still stand as they were picked.
func (n *Newsroom) knownTaken(ctx context.Context, e *Edition) ([]TakenBack, error) {
	seen, err := n.seenTaken(ctx, e.ID)
	var known []TakenBack
	for _, item := range e.Revision.Items() {
		if what := seen[item.Story.ID]; what != "" {
			known = append(known, TakenBack{item.Story.ID, item.Story.Title, what})
		}
	}
	return known, err
}

// forgetTaken forgets what was taken back of the stories that a new draft has without
// it: should the same be taken out of them once more, it is news.
func (n *Newsroom) forgetTaken(ctx context.Context, before, e *Edition) error {
	seen, err := n.seenTaken(ctx, e.ID)
	if err != nil || len(seen) == 0 {
		return err
	}
	old := map[string]digest.Story{}
	for _, s := range before.Snapshot.Stories {
		old[s.ID] = s
	}
	still := map[string]string{}
	for _, c := range e.Pick.Chosen {
		was, what := old[c.Story.ID], seen[c.Story.ID]
		if what != "" && digest.Lost(was, c.Story, digest.Item{Story: was}, n.Clock()) == "" {
			still[c.Story.ID] = what
		}
	}
	return n.remember(ctx, seenKey(e.ID), still)
}

// takenBack compares what an edition prints with what its sources and pages say now.
// unread names what could not be read.
func (n *Newsroom) takenBack(ctx context.Context, e *Edition, known knownPages) (changes []TakenBack, unread []string) {
	ctx, stop := context.WithTimeout(ctx, recheckTime)
	defer stop()
	picked := map[string]digest.Story{}
	for _, c := range e.Pick.Chosen {
		picked[c.Story.ID] = c.Story
	}
	items := e.Revision.Items()
	sources, failures := n.readAgain(ctx, e.Letter, picked)
	pages, found := n.pagesOf(ctx, items)
	e.asked = map[string]*fetch.Error{}
	for i, item := range items {
		e.asked[item.Story.URL] = pages[i]
		was := picked[item.Story.ID]
		what := n.changeOf(was, item, sources[was.Source])
		if what == "" && found[i] != nil {
			what = n.takenFromPage(was, *found[i], item)
		}
		switch page := pages[i]; {
		case what == withdrawn:
			n.markGone(ctx, e, was, digest.Withdrawn)
		case page == nil:
			n.markGone(ctx, e, was, 0)
		case page.Gone() && known[was.ID] != 0 && known[was.ID] != pageThere: // it was not there to begin with
		case page.Gone():
			what = pageGone(page)
			n.markGone(ctx, e, was, page.Status)
		default:
			failures[hostOf(item.Story.URL)] = page.Words
		}
		if what != "" {
			changes = append(changes, TakenBack{item.Story.ID, item.Story.Title, what})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(failures)) {
		unread = append(unread, name+": "+failures[name])
	}
	return changes, unread
}

// markGone keeps what a page answered, so that the next draft knows. Where that cannot
// be kept, nothing else suffers.
func (n *Newsroom) markGone(ctx context.Context, e *Edition, s digest.Story, status int) {
	if err := n.Store.MarkGone(context.WithoutCancel(ctx), e.Newsletter, s.ID, status, n.Clock()); err != nil {
		n.Log.Warn("what a page answered is not kept", "story", s.ID, "error", err)
	}
}
