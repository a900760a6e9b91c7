package store

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/mailer"
)

var errSoon = errors.New("not built yet")

func or([]string) string { return "" }

type Store struct{}

func Open(ctx context.Context, dsn string) (*Store, error) { return nil, errSoon }
func (s *Store) Close() error                              { return nil }
func (s *Store) Engine() string                            { return "" }

// PutMeta, Meta: small facts of the install. ErrNotFound.
func (s *Store) Meta(ctx context.Context, key string) (string, error) { return "", errSoon }
func (s *Store) PutMeta(ctx context.Context, key, value string) error { return errSoon }

// PutMetaOnce keeps an earlier value and returns the value that stands.
func (s *Store) PutMetaOnce(ctx context.Context, key, value string) (string, error) {
	return "", errSoon
}

func (s *Store) PutStories(ctx context.Context, newsletter string, stories []KeyedStory, seen time.Time) (added int, err error) {
	return 0, errSoon
}

// Stories: those dated, first seen or freed from an embargo in [since, until); zero until: no end.
func (s *Store) Stories(ctx context.Context, newsletter string, since, until time.Time) ([]digest.Story, error) {
	return nil, errSoon
}

func (s *Store) MailedStories(ctx context.Context, newsletter string) ([]digest.Mailed, error) {
	return nil, errSoon
}

// SourceState of a source never fetched is zero but for its names.
func (s *Store) SourceState(ctx context.Context, newsletter, source string) (SourceState, error) {
	return SourceState{}, errSoon
}
func (s *Store) PutSourceState(ctx context.Context, st SourceState) error { return errSoon }
func (s *Store) SourceStates(ctx context.Context, newsletter string) ([]SourceState, error) {
	return nil, errSoon
}

func (s *Store) OpenEdition(ctx context.Context, n NewEdition) (e Edition, opened bool, err error) {
	return Edition{}, false, errSoon
}

func (s *Store) Edition(ctx context.Context, id int64) (Edition, error) { return Edition{}, errSoon }

func (s *Store) EditionBySlot(ctx context.Context, newsletter string, slot digest.Slot) (Edition, error) {
	return Edition{}, errSoon
}

// Editions, newest first; newsletter "": all; limit 0: all.
func (s *Store) Editions(ctx context.Context, newsletter string, limit int) ([]Edition, error) {
	return nil, errSoon
}

// EditionsIn lists the editions in any of the states, oldest slot first.
func (s *Store) EditionsIn(ctx context.Context, states ...digest.State) ([]Edition, error) {
	return nil, errSoon
}

// LastSent: the last regular edition before an instant (zero: any) that readers really got. ErrNotFound.
func (s *Store) LastSent(ctx context.Context, newsletter string, before time.Time) (Sent, error) {
	return Sent{}, errSoon
}

func (s *Store) Transition(ctx context.Context, edition int64, from []digest.State, to digest.State, who, detail string, at time.Time) error {
	return errSoon
}

// PutDraft writes the content of the current revision (the first, if there is none), voids an approval, and puts the edition in state to: draft, held or skipped.
func (s *Store) PutDraft(ctx context.Context, edition int64, d Draft, to digest.State, who, detail string) (number int, err error) {
	return 0, errSoon
}

func (s *Store) Revision(ctx context.Context, edition int64, number int) (Revision, error) {
	return Revision{}, errSoon
}

func (s *Store) Approve(ctx context.Context, edition int64, number int, hash, who string, at time.Time) error {
	return errSoon
}

func (s *Store) MarkTested(ctx context.Context, edition int64, number int, hash string, to int, who string, at time.Time) error {
	return errSoon
}

// NextRevision reopens: the next revision starts as a copy; the edition becomes a draft. ErrUnfinished while a mailing is not finished.
func (s *Store) NextRevision(ctx context.Context, edition int64, from []digest.State, who, note string, at time.Time) (number int, err error) {
	return 0, errSoon
}

func (s *Store) Freeze(ctx context.Context, edition int64, number int, hash string, variants []Variant, who string, at time.Time) error {
	return errSoon
}

func (s *Store) Variants(ctx context.Context, edition int64, number int) ([]Variant, error) {
	return nil, errSoon
}

// CancelEdition cancels its unfinished mailings and the edition, from any state but sent.
func (s *Store) CancelEdition(ctx context.Context, edition int64, who, detail string, at time.Time) error {
	return errSoon
}
func (s *Store) Log(ctx context.Context, edition int64, e Entry) error     { return errSoon }
func (s *Store) LogOf(ctx context.Context, edition int64) ([]Entry, error) { return nil, errSoon }
func (s *Store) PutMedia(ctx context.Context, m Media) error               { return errSoon }
func (s *Store) Media(ctx context.Context, hash string) (Media, error)     { return Media{}, errSoon }

// StartMailing: edition frozen (or sending, for the rest after a wave) -> sending.
func (s *Store) StartMailing(ctx context.Context, n NewMailing) (Mailing, error) {
	return Mailing{}, errSoon
}

func (s *Store) Mailing(ctx context.Context, id int64) (Mailing, error) { return Mailing{}, errSoon }

// Mailings of an edition, oldest first.
func (s *Store) Mailings(ctx context.Context, edition int64) ([]Mailing, error) { return nil, errSoon }

func (s *Store) UnfinishedMailings(ctx context.Context) ([]Mailing, error) { return nil, errSoon }

// AudienceSize counts the readers that a mailing started now would be laid for.
func (s *Store) AudienceSize(ctx context.Context, edition int64, a mailer.Audience, at time.Time) (int64, error) {
	return 0, errSoon
}

// Lay lays one slice; done: every delivery is laid and the mailing is sending.
func (s *Store) Lay(ctx context.Context, mailing int64, width int, at time.Time) (laid int64, done bool, err error) {
	return 0, false, errSoon
}

func (s *Store) PauseMailing(ctx context.Context, mailing int64, who, reason string, at time.Time) error {
	return errSoon
}

func (s *Store) ResumeMailing(ctx context.Context, mailing int64, who string, at time.Time) error {
	return errSoon
}

func (s *Store) CancelMailing(ctx context.Context, mailing int64, who, reason string, at time.Time) error {
	return errSoon
}

// FinishMailing: done (and the edition sent, but after a wave) if nothing is queued, claimed or deferred; else finished is false.
func (s *Store) FinishMailing(ctx context.Context, mailing int64, at time.Time) (finished bool, err error) {
	return false, errSoon
}

func (s *Store) CountMailing(ctx context.Context, mailing int64) (Counts, error) {
	return Counts{}, errSoon
}

// CountEdition counts each reader once over all mailings of the edition, by the best that became of them.
func (s *Store) CountEdition(ctx context.Context, edition int64) (Counts, error) {
	return Counts{}, errSoon
}

// SettleDoubt decides on the deliveries in doubt: to Queued (send again) or Accepted.
func (s *Store) SettleDoubt(ctx context.Context, mailing int64, to mailer.DeliveryState, who string, at time.Time) (int64, error) {
	return 0, errSoon
}

// Tries of a mailing that came to nothing, newest first.
func (s *Store) Tries(ctx context.Context, mailing int64, limit int) ([]Try, error) {
	return nil, errSoon
}

// TakeSlice: *ErrNone where nothing is due.
func (s *Store) TakeSlice(ctx context.Context, mailing int64, holder string, now time.Time, lease time.Duration) (Slice, error) {
	return Slice{}, errSoon
}

func (s *Store) Recipients(ctx context.Context, slice int64, now time.Time) ([]Recipient, error) {
	return nil, errSoon
}

// RenewSlice: mailer.ErrLeaseLost.
func (s *Store) RenewSlice(ctx context.Context, l mailer.Lease, until time.Time) error {
	return errSoon
}

func (s *Store) ReleaseSlice(ctx context.Context, l mailer.Lease, now time.Time) error {
	return errSoon
}

// BreakLeases ends every lease on slices and letters, for a process that knows that it is the only one (SQLite, under its flock).
func (s *Store) BreakLeases(ctx context.Context) error { return errSoon }

// SweepCancelled turns claims of dead holders in cancelled mailings to in doubt.
func (s *Store) SweepCancelled(ctx context.Context, now time.Time) (int64, error) { return 0, errSoon }

// CommitterOptions: zero values are the defaults.
type CommitterOptions struct {
	Now   func() time.Time // required
	Lease time.Duration    // how long a claim extends its slice's lease; 30 s
	Batch int              // operations a transaction at most; 2,000
}
type Committer struct{}

var _ mailer.Ledger = (*Committer)(nil)

func (s *Store) NewCommitter(o CommitterOptions) *Committer { return nil }
func (c *Committer) Claim(ctx context.Context, l mailer.Lease, numbers []int64) ([]int64, error) {
	return nil, errSoon
}
func (c *Committer) Record(l mailer.Lease, results ...mailer.Result) {}
func (c *Committer) Flush(ctx context.Context) error                 { return errSoon }
func (c *Committer) Close(ctx context.Context) error                 { return errSoon }

// PutLetter: created is false where a letter with the same Dedupe was put before; id is that one's.
func (s *Store) PutLetter(ctx context.Context, n NewLetter) (id int64, created bool, err error) {
	return 0, false, errSoon
}

func (s *Store) ClaimLetters(ctx context.Context, holder string, now time.Time, lease time.Duration, limit int) ([]Letter, error) {
	return nil, errSoon
}

// RecordLetter: ErrLeaseLost where the claim is no longer ours.
func (s *Store) RecordLetter(ctx context.Context, r LetterResult) error { return errSoon }

func (s *Store) RecoverLetters(ctx context.Context, now time.Time, p mailer.DoubtPolicy) (int64, error) {
	return 0, errSoon
}
func (s *Store) Letter(ctx context.Context, id int64) (Letter, error) { return Letter{}, errSoon }

// CountLetters: NextDue says when the outbox has work again.
func (s *Store) CountLetters(ctx context.Context) (Counts, error) { return Counts{}, errSoon }

func (s *Store) PutSubscribers(ctx context.Context, rows []NewSubscriber) ([]PutReport, error) {
	return nil, errSoon
}

// SubscriberByIndex, with ties.
func (s *Store) SubscriberByIndex(ctx context.Context, index []byte) (Subscriber, error) {
	return Subscriber{}, errSoon
}

// SubscriberByID, with ties.
func (s *Store) SubscriberByID(ctx context.Context, id [16]byte) (Subscriber, error) {
	return Subscriber{}, errSoon
}

// Subscribers streams readers by number; newsletter "": all; states none: all. Ties holds the newsletter's own.
func (s *Store) Subscribers(ctx context.Context, newsletter string, states ...SubscriptionState) iter.Seq2[Subscriber, error] {
	return nil
}

func (s *Store) Consents(ctx context.Context, number int64) ([]Consent, error) { return nil, errSoon }

func (s *Store) CountSubscribers(ctx context.Context) ([]SubscriberCount, error) {
	return nil, errSoon
}

func (s *Store) Confirm(ctx context.Context, id [16]byte, newsletter string, at time.Time) error {
	return errSoon
}

// Unsubscribe is idempotent; newsletter "": all of them. left: something changed.
func (s *Store) Unsubscribe(ctx context.Context, id [16]byte, newsletter string, at time.Time) (left bool, err error) {
	return false, errSoon
}

func (s *Store) PauseSubscription(ctx context.Context, id [16]byte, newsletter string, until time.Time) error {
	return errSoon
}

func (s *Store) Suppress(ctx context.Context, index []byte, reason string, at time.Time) error {
	return errSoon
}

func (s *Store) Suppressed(ctx context.Context, index []byte) (reason string, is bool, err error) {
	return "", false, errSoon
}
func (s *Store) DeleteSubscriber(ctx context.Context, id [16]byte) error { return errSoon }

// PutDataKey keeps an earlier key of the same id; created tells.
func (s *Store) PutDataKey(ctx context.Context, k DataKey) (created bool, err error) {
	return false, errSoon
}
func (s *Store) DataKeys(ctx context.Context) ([]DataKey, error) { return nil, errSoon }
