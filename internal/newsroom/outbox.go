package newsroom

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/mailer/smtp"
	"github.com/broadsheet-news/broadsheet/subscribers"
)

const (
	lettersAtOnce = 20               // claimed together
	letterLease   = 15 * time.Minute // longer than any step of a session may take (RFC 5321 4.5.3.2)
	letterGiveUp  = 24 * time.Hour
	letterDrain   = 30 * time.Second // for the letter on the wire, once its sender is to stop
)

// sealedLetter is what the outbox keeps of a letter, sealed.
type sealedLetter struct {
	From    string `json:"from"`
	To      string `json:"to"`
	Message []byte `json:"message,omitempty"`
	// Ask are the newsletters that the reader is asked to confirm. Such a letter is
	// written when it is sent: what it links to is known then.
	Ask []string `json:"ask,omitempty"`
	// Welcome is the newsletter that the reader is welcomed to: written then, too.
	Welcome string `json:"welcome,omitempty"`
}

// letterPlace binds a sealed letter to its row, which its dedupe word names.
func letterPlace(dedupe string) subscribers.Place {
	sum := sha256.Sum256([]byte(dedupe))
	return subscribers.Place{Table: "letter", Row: subscribers.ID(sum[:16]), Field: "message"}
}

// putLetter puts a mail to one person in the outbox. Two letters with the same
// dedupe word are one.
func (n *Newsroom) putLetter(ctx context.Context, kind, from string, to subscribers.Address, msg []byte, dedupe string) (id int64, err error) {
	l, err := n.sealLetter(ctx, kind, to, sealedLetter{From: from, To: to.Typed, Message: msg}, dedupe)
	if err != nil {
		return 0, err
	}
	id, _, err = n.Store.PutLetter(ctx, l)
	return id, err
}

// isEditor tells whether an address stands in the configuration, in clear: mail to it
// need not be sealed from a locked node.
func (n *Newsroom) isEditor(a subscribers.Address) bool {
	for _, letter := range n.Config.Newsletters {
		for _, editor := range letter.Editors {
			if known, err := subscribers.ParseAddress(editor.Address); err == nil && known.Normal == a.Normal {
				return true
			}
		}
	}
	return false
}

func (n *Newsroom) sealLetter(ctx context.Context, kind string, to subscribers.Address, s sealedLetter, dedupe string) (store.NewLetter, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return store.NewLetter{}, err
	}
	now := n.Clock()
	l := store.NewLetter{Kind: kind, Dedupe: dedupe, Due: now, At: now, Desk: n.isEditor(to)}
	if !n.HasWebKey() {
		return l, ErrNeverUnlocked
	}
	if l.Desk {
		l.Message, err = n.Keys.WebKey().SealDesk(letterPlace(dedupe), string(plain))
	} else {
		l.Message, err = n.Keys.Seal(letterPlace(dedupe), string(plain))
	}
	if err == nil {
		l.ToIndex, err = n.indexOf(ctx, to)
	}
	if l.Desk && errors.Is(err, subscribers.ErrLocked) { // then no suppression keeps it
		err = nil
	}
	return l, err
}

// SendLetters takes in the sign-ups, welcomes those who have confirmed, and sends the
// letters that are due, in turns: a flood of sign-ups keeps no letter waiting. What a
// relay does not take now is due again later. The error is the store's, or says that no
// relay can be used.
// When ctx ends, the letter on the wire is finished, and the others wait.
func (n *Newsroom) SendLetters(ctx context.Context) error {
	if err := n.TakeInbox(ctx); err != nil { // who was asked while it was locked is not asked again
		n.Log.Error("the inbox waits", "error", err)
	}
	took, err := n.takeSomeSignUps(ctx)
	if err != nil {
		return err
	}
	if err := n.Welcome(ctx); err != nil {
		return err
	}
	relays, err := n.relaysInUse(ctx)
	if err != nil {
		return err
	}
	if _, err := n.Store.RecoverLetters(ctx, n.Clock(), mailer.Resend); err != nil {
		return err
	}
	host, _ := os.Hostname()
	name := host + ":" + strconv.Itoa(os.Getpid()) + ":letters"
	post := &postman{n: n, relays: relays}
	defer post.close()
	for {
		letters, err := n.Store.ClaimLetters(ctx, name, n.Clock(), letterLease, lettersAtOnce, n.Keys.Locked())
		if err != nil || len(letters) == 0 && took == 0 {
			return err
		}
		for _, l := range letters {
			err := n.Store.RecordLetter(context.WithoutCancel(ctx), post.deliver(ctx, l))
			if err != nil && !errors.Is(err, store.ErrLeaseLost) {
				return err
			}
		}
		if took, err = n.takeSomeSignUps(ctx); err != nil {
			return err
		}
	}
}

// postman keeps one session open for a few letters.
type postman struct {
	n       *Newsroom
	relays  []smtp.Relay
	session *smtp.Session
}

func (p *postman) deliver(ctx context.Context, l store.Letter) store.LetterResult {
	s, err := p.n.openLetter(ctx, l)
	if errors.Is(err, subscribers.ErrLocked) { // since it was claimed
		return store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Queued, Due: l.Due, Attempts: l.Attempts, At: p.n.Clock()}
	}
	if errors.Is(err, store.ErrNotFound) { // the reader has been erased since
		return store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Skipped, Attempts: l.Attempts, At: p.n.Clock()}
	}
	if errors.Is(err, subscribers.ErrDamaged) { // it never will open: it must not keep those behind it
		p.n.Log.Error("a letter cannot be opened and is given up", "letter", l.ID, "kind", l.Kind, "error", err)
		return store.LetterResult{
			ID: l.ID, Epoch: l.Epoch, State: mailer.Rejected, Attempts: l.Attempts, At: p.n.Clock(),
			Outcome: smtp.Outcome{Class: mailer.OutcomeRejected, Text: "its sealed text cannot be opened"},
		}
	}
	if err != nil {
		p.n.Log.Error("a letter cannot be written now", "letter", l.ID, "kind", l.Kind, "error", err)
		return store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Deferred, Due: p.n.Clock().Add(time.Minute), Attempts: l.Attempts, At: p.n.Clock()}
	}
	asks := len(s.Ask) > 0
	policy := mailer.RetryPolicy{First: time.Minute, GiveUp: letterGiveUp}
	var begin func() error
	if asks { // nobody is asked twice, were it that the first is lost
		policy.InDoubt = mailer.Hold
		begin = func() error { return p.n.beginAsk(ctx, l, s.To) }
	}
	outcome, tried, err := p.hand(ctx, s, begin)
	now := p.n.Clock()
	if err != nil {
		return store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Queued, Due: now.Add(time.Second), Attempts: l.Attempts, At: now}
	}
	if !tried {
		return store.LetterResult{ID: l.ID, Epoch: l.Epoch, State: mailer.Queued, Due: l.Due, Attempts: l.Attempts, At: now}
	}
	next := mailer.Next(mailer.Delivery{Number: l.ID, Attempts: l.Attempts, First: l.CreatedAt}, outcome, now, policy)
	if next.State == mailer.Queued { // refused by the relay: not this minute again
		next.State, next.Due = mailer.Deferred, now.Add(time.Minute)
	}
	return store.LetterResult{
		ID: l.ID, Epoch: l.Epoch, State: next.State, Due: next.Due,
		Attempts: next.Attempts, At: now, Outcome: outcome,
	}
}

// beginAsk is done before a letter goes on the wire that asks for a yes.
func (n *Newsroom) beginAsk(ctx context.Context, l store.Letter, to string) error {
	err := n.Store.BeginAsk(context.WithoutCancel(ctx), l, n.holder.asker, n.Clock(), askEvery)
	if address, parseErr := subscribers.ParseAddress(to); err == nil && parseErr == nil {
		n.holder.mail.reserve(address, n.Clock()) // should the list be locked within the day
	}
	return err
}

// hand tries one letter on the session at hand, or on the first relay that opens;
// tried is false where it was told to stop before that. begin, which may be nil, is
// called once nothing else stands between the letter and the wire: its error keeps it
// back.
func (p *postman) hand(ctx context.Context, s sealedLetter, begin func() error) (outcome smtp.Outcome, tried bool, err error) {
	if p.session != nil && !p.session.Usable() {
		p.close()
	}
	for i := 0; p.session == nil && i < len(p.relays); i++ {
		var err error
		if p.session, outcome, err = smtp.Dial(ctx, p.relays[i]); err != nil {
			p.session = nil
		}
	}
	if ctx.Err() != nil {
		return outcome, false, nil
	}
	if p.session == nil {
		return outcome, true, nil
	}
	if begin != nil {
		if err := begin(); err != nil {
			return outcome, false, err
		}
	}
	wire, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(letterDrain, cut) })()
	return p.session.Send(wire, smtp.Envelope{From: s.From, To: s.To}, s.Message), true, nil
}

func (p *postman) close() {
	if p.session != nil {
		_ = p.session.Close()
		p.session = nil
	}
}

// openLetter opens a letter, and writes it where it is still to be written. Errors:
// store.ErrNotFound where its reader is no more, subscribers.ErrDamaged.
func (n *Newsroom) openLetter(ctx context.Context, l store.Letter) (sealedLetter, error) {
	var s sealedLetter
	open := n.Keys.Open
	if l.Desk {
		open = n.Keys.WebKey().OpenDesk
	}
	plain, err := open(letterPlace(l.Dedupe), l.Message)
	if errors.Is(err, subscribers.ErrLocked) {
		return s, err
	}
	if n.stale(ctx, err) {
		return s, store.ErrKeysChanged
	}
	if err == nil {
		err = json.Unmarshal([]byte(plain), &s)
	}
	if err != nil {
		return s, fmt.Errorf("%w: %w", subscribers.ErrDamaged, err)
	}
	switch {
	case len(s.Ask) > 0:
		return n.writeConfirmation(ctx, l, s)
	case s.Welcome != "":
		return n.writeWelcome(ctx, l, s)
	}
	return s, nil
}

// readerOf is the reader whom a letter goes to. Errors: store.ErrNotFound.
func (n *Newsroom) readerOf(ctx context.Context, l store.Letter) (store.Subscriber, error) {
	reader, err := n.Store.SubscriberByIndex(ctx, l.ToIndex)
	if errors.Is(err, store.ErrNotFound) && n.holder.turning.Load() { // the letter is of before the change, and they are not
		var index []byte
		if index, err = n.Keys.Reindex(l.ToIndex); err == nil {
			reader, err = n.Store.SubscriberByIndex(ctx, index)
		}
	}
	return reader, err
}

// LettersDue tells whether the outbox has a letter to send now, or a sign-up or a welcome
// waits.
func (n *Newsroom) LettersDue(ctx context.Context) (bool, error) {
	if !n.Keys.Locked() {
		if due, err := n.Store.SignUpDue(ctx, n.Clock()); due || err != nil {
			return due, err
		}
		if owed, err := n.Store.WelcomeOwed(ctx); owed || err != nil {
			return owed, err
		}
	}
	return n.Store.LetterDue(ctx, n.Clock(), n.Keys.Locked())
}
