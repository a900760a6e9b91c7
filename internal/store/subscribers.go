package store

import (
	"context"
	"database/sql"
	"errors"
	"iter"
)

const (
	subscriberColumns   = `p.number, p.id, p.address_sealed, p.address_index, p.index_version, p.name_sealed, p.generation, p.created_at`
	subscriptionColumns = `n.newsletter, n.state, n.variant, n.language, n.joined_at, n.confirmed_at, n.left_at, n.paused_until, n.appeal_until,
		n.welcome_edition, n.welcome_revision`
)

// SubscriberByIndex is the reader with a keyed hash of the address, with their ties.
// Errors: ErrNotFound.
func (s *Store) SubscriberByIndex(ctx context.Context, index []byte) (Subscriber, error) {
	return s.subscriber(ctx, `p.address_index = $1`, index)
}

// SubscriberByID is the reader with an id, with their ties. Errors: ErrNotFound.
func (s *Store) SubscriberByID(ctx context.Context, id [16]byte) (Subscriber, error) {
	return s.subscriber(ctx, `p.id = $1`, id[:])
}

func (s *Store) subscriber(ctx context.Context, where string, arg []byte) (Subscriber, error) {
	p, err := scanSubscriber(s.read.QueryRowContext(ctx, `SELECT `+subscriberColumns+` FROM subscriber p WHERE `+where, arg))
	if err != nil {
		return Subscriber{}, found(err, "this reader")
	}
	p.Ties, err = collect(ctx, s.read, scanSubscription, `SELECT `+subscriptionColumns+` FROM subscription n
		WHERE n.subscriber = $1 ORDER BY n.newsletter`, p.Number)
	return p, err
}

// Subscribers streams the readers of a newsletter ("": of all), or of a part of it, whose
// tie to it is in one of the states (none named: in any), by number; Ties holds the ties
// that match. It reads by pages, so that a slow consumer holds no transaction open.
func (s *Store) Subscribers(ctx context.Context, newsletter string, part Segment, states ...SubscriptionState) iter.Seq2[Subscriber, error] {
	return func(yield func(Subscriber, error) bool) {
		for after := int64(0); ; {
			page, err := s.page(ctx, newsletter, part, states, after)
			if err != nil {
				yield(Subscriber{}, err)
				return
			}
			for _, p := range page {
				if !yield(p, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			after = page[len(page)-1].Number
		}
	}
}

// pageSize is how many readers are read at once.
const pageSize = 1000

// page is the readers after a number, with their matching ties.
func (s *Store) page(ctx context.Context, newsletter string, part Segment, states []SubscriptionState, after int64) ([]Subscriber, error) {
	match := `($1 = '' OR n.newsletter = $1)`
	args := []any{newsletter, after, pageSize}
	if len(states) > 0 {
		match += ` AND n.state IN (` + params(4, len(states)) + `)`
		args = append(args, stateArgs(states)...)
	}
	among, more := part.among(len(args) + 1)
	match, args = match+among, append(args, more...)
	type tied struct {
		Subscriber
		tie Subscription
	}
	rows, err := collect(ctx, s.read, func(row scanner) (tied, error) {
		var t tied
		var err error
		t.Subscriber, err = scanSubscriber(rowWith{row, &t.tie})
		return t, err
	}, `SELECT `+subscriberColumns+`, `+subscriptionColumns+`
		FROM (SELECT DISTINCT n.subscriber AS number FROM subscription n
			WHERE n.subscriber > $2 AND `+match+` ORDER BY number LIMIT $3) AS page
		JOIN subscriber p ON p.number = page.number
		JOIN subscription n ON n.subscriber = page.number AND `+match+`
		ORDER BY p.number, n.newsletter`, args...)
	if err != nil {
		return nil, err
	}
	var all []Subscriber
	for _, t := range rows {
		if len(all) == 0 || all[len(all)-1].Number != t.Number {
			all = append(all, t.Subscriber)
		}
		last := &all[len(all)-1]
		last.Ties = append(last.Ties, t.tie)
	}
	return all, nil
}

// rowWith is a row whose first columns are a subscriber's and whose others are a
// subscription's.
type rowWith struct {
	row scanner
	tie *Subscription
}

func (r rowWith) Scan(dest ...any) error {
	var joined, confirmed, left, paused, appeal int64
	dest = append(dest, &r.tie.Newsletter, &r.tie.State, &r.tie.Variant, &r.tie.Language, &joined, &confirmed, &left, &paused, &appeal,
		&r.tie.WelcomeEdition, &r.tie.WelcomeRevision)
	err := r.row.Scan(dest...)
	r.tie.JoinedAt, r.tie.ConfirmedAt, r.tie.LeftAt = instant(joined), instant(confirmed), instant(left)
	r.tie.PausedUntil, r.tie.AppealUntil = instant(paused), instant(appeal)
	return err
}

// CountSubscribers counts readers by newsletter and state.
func (s *Store) CountSubscribers(ctx context.Context) ([]SubscriberCount, error) {
	return collect(ctx, s.read, scanCount, `SELECT newsletter, state, COUNT(*) FROM subscription GROUP BY newsletter, state ORDER BY newsletter, state`)
}

// CountSubscribersIn counts the readers of a newsletter who are in a part, by state.
func (s *Store) CountSubscribersIn(ctx context.Context, newsletter string, part Segment) ([]SubscriberCount, error) {
	among, args := part.among(2)
	return collect(ctx, s.read, scanCount, `SELECT n.newsletter, n.state, COUNT(*) FROM subscription n
		WHERE n.newsletter = $1`+among+` GROUP BY n.newsletter, n.state ORDER BY n.state`, append([]any{newsletter}, args...)...)
}

func scanCount(row scanner) (SubscriberCount, error) {
	var c SubscriberCount
	err := row.Scan(&c.Newsletter, &c.State, &c.Count)
	return c, err
}

// Consents are the records of a reader's yes, by week.
func (s *Store) Consents(ctx context.Context, number int64) ([]Consent, error) {
	return collect(ctx, s.read, func(row scanner) (Consent, error) {
		var c Consent
		err := row.Scan(&c.Newsletter, &c.Week, &c.Path, &c.Basis, &c.TextVersion, &c.Page)
		return c, err
	}, `SELECT newsletter, week, path, basis, text_version, page FROM consent WHERE subscriber = $1 ORDER BY week, newsletter, path`, number)
}

// DeleteSubscriber erases a reader: the row, the ties, the consents, the letters to
// them, and nothing of it in SQLite's log. Deliveries keep their number, which names
// nobody then; a suppression stays.
// Errors: ErrNotFound.
func (s *Store) DeleteSubscriber(ctx context.Context, id [16]byte) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		gone, err := erase(ctx, tx, `id = $1`, id[:])
		if err == nil && !gone {
			err = found(sql.ErrNoRows, "this reader")
		}
		return err
	})
	if err == nil {
		err = s.Checkpoint(ctx)
	}
	return err
}

// erase deletes a reader: the row, the ties, the consents (ON DELETE CASCADE), the
// letters to them, and links that lead to them. It tells whether there was one.
func erase(ctx context.Context, tx querier, where string, arg any) (bool, error) {
	var number int64
	var index []byte
	err := tx.QueryRowContext(ctx, `DELETE FROM subscriber WHERE `+where+` RETURNING number, address_index`, arg).Scan(&number, &index)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fault(err)
	}
	if _, err := changed(ctx, tx, `DELETE FROM letter WHERE to_index = $1`, index); err != nil {
		return false, err
	}
	_, err = changed(ctx, tx, `DELETE FROM inbox WHERE subscriber = $1`, number)
	return true, err
}

func scanSubscriber(row scanner) (Subscriber, error) {
	var p Subscriber
	var id []byte
	var created int64
	err := row.Scan(&p.Number, &id, &p.Address, &p.Index, &p.IndexVersion, &p.Name, &p.Generation, &created)
	copy(p.ID[:], id)
	p.CreatedAt = instant(created)
	return p, err
}

func scanSubscription(row scanner) (Subscription, error) {
	var t Subscription
	err := rowWith{row, &t}.Scan()
	return t, err
}

// PutDataKey stores a wrapped key; one with the same id that is there already stays,
// and created is false: of two processes the first's key is everyone's.
func (s *Store) PutDataKey(ctx context.Context, k DataKey) (created bool, err error) {
	n, err := s.change(ctx, `INSERT INTO data_key (id, wrapped, created_at, retired_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO NOTHING`, k.ID, k.Wrapped, micros(k.CreatedAt), micros(k.RetiredAt))
	return n == 1, err
}

// DataKeys are the wrapped keys, by id.
func (s *Store) DataKeys(ctx context.Context) ([]DataKey, error) {
	return collect(ctx, s.read, func(row scanner) (DataKey, error) {
		var k DataKey
		var created, retired int64
		err := row.Scan(&k.ID, &k.Wrapped, &created, &retired)
		k.CreatedAt, k.RetiredAt = instant(created), instant(retired)
		return k, err
	}, `SELECT id, wrapped, created_at, retired_at FROM data_key ORDER BY id`)
}
