package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/figures"
	"github.com/broadsheet-news/broadsheet/mailer"
)

// SettleDoubt is the operator's word on the deliveries of a mailing that are in
// doubt: to Queued, they are sent again (the mailing and the edition go on sending);
// to Accepted, they are taken as handed over. A cancelled mailing sends nothing
// again: there Queued makes them skipped, and so part of the rest that a later
// mailing goes to. It returns how many those were. Errors: ErrForgotten.
func (s *Store) SettleDoubt(ctx context.Context, mailing int64, to mailer.DeliveryState, who string, at time.Time) (int64, error) {
	if to != mailer.Queued && to != mailer.Accepted {
		return 0, fmt.Errorf("settle doubt: to %s or %s, not %s", mailer.Queued, mailer.Accepted, to)
	}
	var n int64
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		m, err := mailingByID(ctx, tx, mailing)
		if err != nil {
			return err
		}
		if err := notForgotten(ctx, tx, m.Edition); err != nil {
			return err
		}
		if to == mailer.Queued && m.State == mailer.Cancelled {
			to = mailer.Skipped
		}
		if n, err = changed(ctx, tx, `UPDATE delivery SET state = $2, due_at = 0, at = $3
			WHERE slice IN (SELECT id FROM slice WHERE mailing = $1) AND state = 'in_doubt'`, mailing, string(to), micros(at)); err != nil {
			return err
		}
		if to == mailer.Queued && n > 0 {
			if err := sendAgain(ctx, tx, m, at); err != nil {
				return err
			}
		}
		return putLog(ctx, tx, m.Edition, Entry{
			At: at, Who: who, What: "doubt settled",
			Detail: fmt.Sprintf("mailing %d: %s in doubt, now %s", mailing, figures.Of(n), to),
		})
	})
	return n, err
}

// sendAgain puts a mailing that has queued deliveries again back to work.
func sendAgain(ctx context.Context, tx *sql.Tx, m Mailing, at time.Time) error {
	if _, err := changed(ctx, tx, `UPDATE slice SET due_at = 0 WHERE mailing = $1
		AND EXISTS (SELECT 1 FROM delivery d WHERE d.slice = slice.id AND d.state = 'queued')`, m.ID); err != nil {
		return err
	}
	if m.State != mailer.Done {
		return nil
	}
	if _, err := changed(ctx, tx, `UPDATE mailing SET state = 'sending', finished_at = 0 WHERE id = $1`, m.ID); err != nil {
		return err
	}
	return moveEdition(ctx, tx, m.Edition, []digest.State{digest.Sent, digest.Sending}, digest.Sending, at)
}

// Tries lists the tries of a mailing that did not end in acceptance, newest first,
// at most limit (0: all).
func (s *Store) Tries(ctx context.Context, mailing int64, limit int) ([]Try, error) {
	if limit <= 0 {
		limit = 1 << 30
	}
	return collect(ctx, s.read, func(row scanner) (Try, error) {
		var t Try
		var at int64
		err := row.Scan(&t.Subscriber, &at, &t.Class, &t.Stage, &t.Code, &t.Enhanced, &t.Text, &t.Relay)
		t.At = instant(at)
		return t, err
	}, `SELECT a.subscriber, a.at, a.class, a.stage, a.code, a.enhanced, a.text, a.relay
		FROM attempt a JOIN slice s ON s.id = a.slice WHERE s.mailing = $1 ORDER BY a.id DESC LIMIT $2`, mailing, limit)
}
