package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
)

// importRows is how many readers one statement of an import carries: 250 rows of 9
// columns stay far below both engines' limits of parameters (SQLite 32,766).
const importRows = 250

// PutSubscribers puts readers in, each with one tie and the consent it rests on, in
// one transaction: a batch of a file, or one person. It reports row by row. Whoever
// has left the newsletter, or is suppressed, is not brought back, unless Again says
// that they ask themselves; a suppression stands even then. What becomes of a
// subscription is subscribers.Move's. A row whose address is there twice counts once:
// the second is Existing.
func (s *Store) PutSubscribers(ctx context.Context, rows []NewSubscriber) ([]PutReport, error) {
	for _, r := range rows {
		if r.Tie.Newsletter == "" || r.Tie.State == "" || len(r.Index) == 0 || len(r.Address) == 0 {
			return nil, errors.New("put subscribers: a row lacks its newsletter, its state, its index or its address")
		}
	}
	var reports []PutReport
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		if err := s.checkKey(ctx, tx); err != nil {
			return err
		}
		reports = make([]PutReport, 0, len(rows))
		for rest := rows; len(rest) > 0; {
			n := min(len(rest), importRows)
			part, err := putRows(ctx, bulkTx{tx, s.engine}, rest[:n])
			if err != nil {
				return err
			}
			reports = append(reports, part...)
			rest = rest[n:]
		}
		return nil
	})
	return reports, err
}

// reader is what is stored of an address.
type reader struct {
	number int64
	id     [16]byte
}

// putRows puts in one statement's worth.
func putRows(ctx context.Context, tx querier, rows []NewSubscriber) ([]PutReport, error) {
	barred, err := suppressedOf(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	known, err := readersOf(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	if err := addReaders(ctx, tx, rows, barred, known); err != nil {
		return nil, err
	}
	tied, err := tiesOf(ctx, tx, known)
	if err != nil {
		return nil, err
	}
	reports := make([]PutReport, len(rows))
	var fresh []tie
	var again []tie
	for i, r := range rows {
		who, is := known[string(r.Index)]
		if barred[string(r.Index)] {
			reports[i] = PutReport{Outcome: Left, Number: who.number, ID: who.id}
			continue
		}
		if !is {
			return nil, errors.New("put subscribers: a reader was erased at this moment: try again")
		}
		key := tieKey{who.number, r.Tie.Newsletter}
		state, has := tied[key]
		reports[i] = PutReport{Outcome: Added, Number: who.number, ID: who.id}
		switch {
		case !has:
			fresh = append(fresh, tie{who.number, r})
		case r.Again && (state == Unsubscribed || state == Pending && r.Tie.State == Confirmed):
			again = append(again, tie{who.number, r})
		case state == Unsubscribed:
			reports[i].Outcome = Left
			continue
		default:
			reports[i].Outcome = Existing
			continue
		}
		tied[key] = r.Tie.State
	}
	return reports, addTies(ctx, tx, fresh, again)
}

// tieKey names a subscription, tie one to write.
type tieKey struct {
	number     int64
	newsletter string
}

type tie struct {
	number int64
	row    NewSubscriber
}

func indices(rows []NewSubscriber) []any {
	args := make([]any, len(rows))
	for i, r := range rows {
		args[i] = r.Index
	}
	return args
}

func suppressedOf(ctx context.Context, tx querier, rows []NewSubscriber) (map[string]bool, error) {
	hits, err := collect(ctx, tx, scanOne[[]byte], `SELECT address_index FROM suppression
		WHERE address_index IN (`+params(1, len(rows))+`)`, indices(rows)...)
	barred := make(map[string]bool, len(hits))
	for _, h := range hits {
		barred[string(h)] = true
	}
	return barred, err
}

// readersOf finds the stored readers among the rows, by index.
func readersOf(ctx context.Context, tx querier, rows []NewSubscriber) (map[string]reader, error) {
	known := map[string]reader{}
	return known, readReaders(ctx, tx, known, `SELECT number, id, address_index FROM subscriber
		WHERE address_index IN (`+params(1, len(rows))+`)`, indices(rows)...)
}

func readReaders(ctx context.Context, tx querier, into map[string]reader, query string, args ...any) error {
	_, err := collect(ctx, tx, func(row scanner) (struct{}, error) {
		var r reader
		var id, index []byte
		err := row.Scan(&r.number, &id, &index)
		copy(r.id[:], id)
		into[string(index)] = r
		return struct{}{}, err
	}, query, args...)
	return err
}

// addReaders stores the rows' readers that are neither known nor barred, and adds
// them to known.
func addReaders(ctx context.Context, tx querier, rows []NewSubscriber, barred map[string]bool, known map[string]reader) error {
	var fresh []NewSubscriber
	seen := map[string]bool{}
	for _, r := range rows {
		key := string(r.Index)
		if _, is := known[key]; is || barred[key] || seen[key] {
			continue
		}
		seen[key] = true
		fresh = append(fresh, r)
	}
	if len(fresh) == 0 {
		return nil
	}
	// By index: two imports then lock what they share in the same order.
	slices.SortFunc(fresh, func(a, b NewSubscriber) int { return bytes.Compare(a.Index, b.Index) })
	var args []any
	for _, r := range fresh {
		id := r.ID
		args = append(args, id[:], r.Address, r.Index, r.IndexVersion, r.Name, r.Generation, micros(r.CreatedAt))
	}
	insert := `INSERT INTO subscriber (id, address_sealed, address_index, index_version, name_sealed, generation, created_at)
		VALUES ` + tuples(1, len(fresh), 7) + ` ON CONFLICT (address_index) DO NOTHING RETURNING number, id, address_index`
	if err := readReaders(ctx, tx, known, insert, args...); err != nil {
		return err
	}
	// On PostgreSQL another process may have put one in at this moment.
	var missed []NewSubscriber
	for _, r := range fresh {
		if _, is := known[string(r.Index)]; !is {
			missed = append(missed, r)
		}
	}
	if len(missed) == 0 {
		return nil
	}
	late, err := readersOf(ctx, tx, missed)
	for k, r := range late {
		known[k] = r
	}
	return err
}

// tiesOf are the states of the readers' subscriptions, to any newsletter.
func tiesOf(ctx context.Context, tx querier, known map[string]reader) (map[tieKey]SubscriptionState, error) {
	tied := map[tieKey]SubscriptionState{}
	if len(known) == 0 {
		return tied, nil
	}
	var args []any
	for _, r := range known {
		args = append(args, r.number)
	}
	_, err := collect(ctx, tx, func(row scanner) (struct{}, error) {
		var k tieKey
		var state SubscriptionState
		err := row.Scan(&k.number, &k.newsletter, &state)
		tied[k] = state
		return struct{}{}, err
	}, `SELECT subscriber, newsletter, state FROM subscription WHERE subscriber IN (`+params(1, len(args))+`)`, args...)
	return tied, err
}

// addTies writes new subscriptions, brings back those that ask again, makes those stand
// that waited for a yes, and notes the consents of all. Who has left and asks again, and does not confirm it, has left all
// the same: the moment is kept until the yes.
func addTies(ctx context.Context, tx querier, fresh, again []tie) error {
	var subscriptions, consents []any
	for _, t := range fresh {
		n := t.row.Tie
		subscriptions = append(subscriptions, n.Newsletter, t.number, string(n.State), n.Variant, n.Language,
			micros(n.JoinedAt), micros(n.ConfirmedAt), micros(n.PausedUntil), micros(n.AppealUntil))
	}
	for _, t := range append(fresh[:len(fresh):len(fresh)], again...) {
		c := t.row.Consent
		consents = append(consents, t.number, t.row.Tie.Newsletter, clean(c.Week), clean(c.Path), clean(c.Basis), clean(c.TextVersion), clean(c.Page))
	}
	if len(fresh) > 0 {
		if _, err := changed(ctx, tx, `INSERT INTO subscription
				(newsletter, subscriber, state, variant, language, joined_at, confirmed_at, paused_until, appeal_until)
			VALUES `+tuples(1, len(fresh), 9)+` ON CONFLICT (newsletter, subscriber) DO NOTHING`, subscriptions...); err != nil {
			return err
		}
	}
	for _, t := range again {
		n := t.row.Tie
		if _, err := changed(ctx, tx, `UPDATE subscription SET state = $1,
				variant = CASE WHEN state = 'pending' AND $2 = '' THEN variant ELSE $3 END, language = $4,
				joined_at = $5, confirmed_at = $6, left_at = CASE WHEN $7 = 'pending' THEN left_at ELSE 0 END, paused_until = 0
			WHERE newsletter = $8 AND subscriber = $9`, string(n.State), n.Variant, n.Variant, n.Language,
			micros(n.JoinedAt), micros(n.ConfirmedAt), string(n.State), n.Newsletter, t.number); err != nil {
			return err
		}
	}
	if len(consents) == 0 {
		return nil
	}
	// Of two in a week by one way the later stands, if it says what it rests on.
	_, err := changed(ctx, tx, `INSERT INTO consent (subscriber, newsletter, week, path, basis, text_version, page)
		VALUES `+tuples(1, len(consents)/7, 7)+` ON CONFLICT (subscriber, newsletter, week, path) DO UPDATE
		SET basis = excluded.basis, text_version = excluded.text_version, page = excluded.page
		WHERE excluded.basis <> '' OR excluded.text_version <> ''`, consents...)
	return err
}
