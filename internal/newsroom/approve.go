package newsroom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// slowestRate is the rate, in mails a second, that a newsroom without a past is
// told to expect: what a modest relay takes.
const slowestRate = 200

// Announcement is what approve and send show before anything leaves.
type Announcement struct {
	Edition     string          `json:"edition"`
	Revision    int             `json:"revision"`
	State       digest.State    `json:"state"`
	From        string          `json:"from"`
	Subject     string          `json:"subject"`
	Preheader   string          `json:"preheader"`
	Stories     int             `json:"stories"`
	Audience    mailer.Audience `json:"audience"`
	Where       string          `json:"where,omitempty"` // which part of it, in the operator's words; empty: all
	Readers     int64           `json:"readers"`
	Earlier     int64           `json:"earlier,omitempty"`      // who have an earlier revision, and get this one as a correction
	LastEdition string          `json:"last_edition,omitempty"` // the last one really sent
	LastReaders int64           `json:"last_readers"`
	Tested      string          `json:"tested"`           // what differs from the version last tested, in words
	Starts      time.Time       `json:"starts"`           // when the first mail goes out: the slot, or now where it has passed
	Ends        time.Time       `json:"ends"`             // when the last mail is expected to be out
	Spread      bool            `json:"spread,omitempty"` // over days, by a warm-up
	Late        bool            `json:"late"`             // the slot has passed
	Expires     time.Time       `json:"expires,omitzero"`
	ByHand      bool            `json:"by_hand"` // the schedule will not send it: an extra, or a mended revision

	Waves   []AnnouncedWave `json:"waves,omitempty"`   // where it goes out in waves
	Missing string          `json:"missing,omitempty"` // who of the staff is in no wave of theirs, in words

	TakenBack []TakenBack `json:"taken_back,omitempty"` // what its sources have taken back, and it still says

	Lint []Linted `json:"lint,omitempty"` // what is wrong with its mail, where it is to be approved

	hash   string
	faulty *Faulty
}

// Faulty is what keeps an edition from being approved: a [*Faulty], or nothing.
func (a Announcement) Faulty() error {
	if a.faulty == nil {
		return nil
	}
	return a.faulty
}

// AnnounceSend says what sending an edition now, as o says, would do, or what keeps it
// from being sent.
func (n *Newsroom) AnnounceSend(ctx context.Context, name string, o SendOptions) (Announcement, error) {
	e, err := n.drafted(ctx, name)
	if err != nil {
		return Announcement{}, err
	}
	part, err := n.part(e.Letter, o.Where)
	if err != nil {
		return Announcement{}, err
	}
	to, err := n.audienceIn(ctx, e, o.To, part)
	if err == nil {
		err = n.maySend(ctx, e, to, part)
	}
	if err != nil {
		return Announcement{}, err
	}
	a, err := n.announce(ctx, e, to, part, o.Now)
	switch {
	case err != nil || a.Readers > 0:
	case part.Whole():
		err = n.nobody(e, a.Audience)
	default:
		err = nobodyIn(e, part)
	}
	now := n.Clock().In(e.Letter.Location)
	sooner := now.Sub(a.Starts)
	a.Starts, a.Ends = now, a.Ends.Add(sooner)
	for i := range a.Waves {
		a.Waves[i].Starts = a.Waves[i].Starts.Add(sooner)
	}
	return a, err
}

// nobody says why a send would reach no one.
func (n *Newsroom) nobody(e *Edition, to mailer.Audience) error {
	switch to {
	case mailer.ToRest:
		return fmt.Errorf("nobody is left to send %s to: all have it, or an earlier revision; \"broadsheet send %s --to delivered\" sends this one as a correction to those who have an earlier one", e.Ref(), e.Ref())
	case mailer.ToDelivered:
		return fmt.Errorf("nobody has an earlier revision of %s: there is no one to correct it for", e.Ref())
	}
	return fmt.Errorf("newsletter %s has no confirmed reader yet: \"broadsheet subscribers import\" brings some", e.Newsletter)
}

func (n *Newsroom) announce(ctx context.Context, e *Edition, to mailer.Audience, part store.Segment, atOnce bool) (Announcement, error) {
	now := n.Clock()
	if to == "" {
		var err error
		if to, err = n.audienceFor(ctx, e); err != nil {
			return Announcement{}, err
		}
	}
	_, hash, err := n.renderAll(ctx, e.Letter, e.Revision)
	if err != nil {
		return Announcement{}, err
	}
	again, err := n.mailedBefore(ctx, e.Edition)
	if err != nil {
		return Announcement{}, err
	}
	a := Announcement{
		Edition: e.Ref(), Revision: e.Revision.Number, State: e.State, From: e.Letter.From.String(),
		Subject: e.Revision.Subject, Preheader: e.Revision.Preheader, Stories: len(e.Revision.Items()),
		Audience: to, Where: part.Said, Starts: later(e.At, now).In(e.Letter.Location),
		Late: e.Kind == store.Regular && now.After(e.At), Expires: e.ExpiresAt, hash: hash,
		ByHand: again || e.Kind == store.Extra,
	}
	if a.Tested, err = n.tested(ctx, e, hash); err != nil {
		return a, err
	}
	if a.TakenBack, err = n.knownTaken(ctx, e); err != nil {
		return a, err
	}
	if a.Readers, err = n.Store.AudienceSize(ctx, e.ID, to, part, now); err != nil {
		return a, err
	}
	if to == mailer.ToRest {
		if a.Earlier, err = n.Store.AudienceSize(ctx, e.ID, mailer.ToDelivered, part, now); err != nil {
			return a, err
		}
	}
	rate, err := n.announceLast(ctx, e, &a)
	if err != nil {
		return a, err
	}
	a.Ends = a.Starts.Add(time.Duration(float64(a.Readers) / rate * float64(time.Second)))
	spread, err := n.rampEnds(ctx, e, to, part, a.Starts)
	if err != nil {
		return a, err
	}
	waves, err := n.plan(ctx, e, to, part)
	if err == nil && len(waves) > 0 {
		err = n.announceParts(ctx, e, &a, part, waves, rate, atOnce)
	}
	a.Ends, a.Spread = later(a.Ends, spread.In(e.Letter.Location)), !spread.IsZero()
	return a, err
}

// announceLast fills in the last edition really sent, and returns the rate, in
// mails a second, at which it went out.
func (n *Newsroom) announceLast(ctx context.Context, e *Edition, a *Announcement) (float64, error) {
	last, err := n.Store.LastSent(ctx, e.Newsletter, time.Time{})
	if errors.Is(err, store.ErrNotFound) || err == nil && last.Edition.ID == e.ID {
		return slowestRate, nil
	}
	if err != nil {
		return slowestRate, err
	}
	a.LastEdition, a.LastReaders = last.Edition.Name(), last.Accepted
	mailings, err := n.Store.Mailings(ctx, last.Edition.ID)
	if err != nil {
		return slowestRate, err
	}
	for _, m := range mailings {
		began, total, err := n.steady(ctx, m)
		if err != nil {
			return slowestRate, err
		}
		if took := m.FinishedAt.Sub(began).Seconds(); m.State == mailer.Done && total >= 100 && took > 0 {
			return float64(total) / took, nil
		}
	}
	return slowestRate, nil
}

// steady is what of a mailing tells how fast mail goes out: of one in waves the last
// alone, since between them nothing went out, and nothing of one with a window.
func (n *Newsroom) steady(ctx context.Context, m store.Mailing) (began time.Time, total int64, err error) {
	if m.Wave == 0 {
		return m.StartedAt, m.Total, nil
	}
	waves, err := n.Store.Waves(ctx, m.ID)
	if err != nil || len(waves) == 0 || waves[len(waves)-1].Every > 0 {
		return time.Time{}, 0, err
	}
	last := waves[len(waves)-1]
	return last.BeganAt, last.Laid, nil
}

// lastTest is the version of an edition that was last mailed as a test.
type lastTest struct {
	Hash    string          `json:"hash"`
	At      time.Time       `json:"at"`
	Content digest.Revision `json:"content"`
}

// testKey is where the store keeps an edition's lastTest.
func testKey(e *Edition) string { return fmt.Sprintf("tested/%d", e.ID) }

// tested says what differs from the version that was last mailed as a test.
func (n *Newsroom) tested(ctx context.Context, e *Edition, hash string) (string, error) {
	var last lastTest
	found, err := n.recall(ctx, testKey(e), &last)
	switch {
	case err != nil:
		return "", fmt.Errorf("the version of %s last tested: %w", e.Ref(), err)
	case !found:
		return "never tested", nil
	case last.Hash == hash:
		return "tested as it is", nil
	}
	changes := digest.Diff(last.Content, e.Revision)
	switch {
	case len(changes) == 0 && last.Content.Number != e.Revision.Number:
		return fmt.Sprintf("tested as revision %d, which says the same", last.Content.Number), nil
	case len(changes) == 0:
		changes = []string{"the theme or the configuration"}
	}
	return "changed since the test of " + last.At.In(e.Letter.Location).Format("2 Jan 15:04 MST") + ": " + strings.Join(changes, "; "), nil
}

// alreadyError says that an edition is past being approved: to people that it is so
// already, to the schedule that another process was faster.
type alreadyError struct {
	state store.ErrState
	words string
}

func (n *Newsroom) already(e *Edition) error {
	words := fmt.Sprintf("%s is %s already", e.Ref(), e.State)
	switch e.State {
	case digest.Expired, digest.Skipped, digest.Cancelled:
		words = closedError(e.Edition, n.Clock()).Error()
	}
	return &alreadyError{store.ErrState{What: e.Ref(), Have: string(e.State)}, words}
}

func (e *alreadyError) Error() string { return e.words }

// Unwrap is what the schedule looks for.
func (e *alreadyError) Unwrap() error { return &e.state }

// Approve lets an edition go out at its slot, exactly as it is rendered now. Its error
// is a [*Faulty] where its mail has errors.
func (n *Newsroom) Approve(ctx context.Context, name string) (Announcement, error) {
	return n.ApproveFor(ctx, name, "")
}

// ApproveFor is Approve, with a reason to let errors of the mail pass.
func (n *Newsroom) ApproveFor(ctx context.Context, name, force string) (Announcement, error) {
	e, err := n.drafted(ctx, name)
	if err == nil {
		err = n.mayApprove(ctx, e)
	}
	if err == nil {
		err = n.lintBefore(ctx, e, force)
	}
	if err != nil {
		return Announcement{}, err
	}
	return n.approve(ctx, e)
}

func (n *Newsroom) approve(ctx context.Context, e *Edition) (Announcement, error) {
	if err := n.mayApprove(ctx, e); err != nil {
		return Announcement{}, err
	}
	a, err := n.announce(ctx, e, "", store.Segment{}, false)
	if err != nil {
		return a, err
	}
	err = n.Store.Approve(ctx, e.ID, e.Revision.Number, a.hash, n.Who, n.Clock())
	a.State = digest.Approved
	return a, err
}

// AnnounceApproval is Announce for an edition that is to be approved: it says first what
// keeps it from that.
func (n *Newsroom) AnnounceApproval(ctx context.Context, name string) (Announcement, error) {
	e, err := n.drafted(ctx, name)
	if err == nil {
		err = n.mayApprove(ctx, e)
	}
	if err != nil {
		return Announcement{}, err
	}
	a, err := n.announce(ctx, e, "", store.Segment{}, false)
	if err == nil {
		err = n.announceLint(ctx, e, &a)
	}
	return a, err
}

func (n *Newsroom) mayApprove(ctx context.Context, e *Edition) error {
	switch {
	case e.State != digest.Draft && e.State != digest.Held:
		return n.already(e)
	case len(e.Revision.Items()) == 0:
		return noStory(e)
	}
	return n.notExpired(ctx, e)
}

func noStory(e *Edition) error {
	return fmt.Errorf("%s has no story: add some with \"broadsheet edit %s\", or \"broadsheet draft\" again when there is something new", e.Ref(), e.Ref())
}

// notExpired refuses an edition whose time has gone. One that readers have already
// may be corrected, or go to the rest of them, at any time.
func (n *Newsroom) notExpired(ctx context.Context, e *Edition) error {
	if e.ExpiresAt.IsZero() || n.Clock().Before(e.ExpiresAt) {
		return nil
	}
	if again, err := n.mailedBefore(ctx, e.Edition); err != nil || again {
		return err
	}
	return fmt.Errorf("%s expired %s: stale news is not sent. Open an extra with \"broadsheet extra %s NAME\", or lengthen its newsletter's \"expires\" first", e.Ref(), e.ExpiresAt.Format(clock), e.Newsletter)
}
