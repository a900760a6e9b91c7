package store

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// record stores results. Each applies only to a delivery that is claimed under the
// lease's own epoch: one that was taken over since keeps what the taker made of it.
func (t *ledgerTx) record(ctx context.Context, results []mailer.Result) error {
	var good, other []mailer.Result
	for _, r := range results {
		r = t.settle(r)
		if r.State == mailer.Accepted {
			good = append(good, r)
		} else {
			other = append(other, r)
		}
	}
	for len(good) > 0 {
		n := min(len(good), chunkRows)
		if _, err := t.tx.ExecContext(ctx, resultText(power(n)), t.resultArgs(good[:n])...); err != nil {
			return fault(err)
		}
		good = good[n:]
	}
	for len(other) > 0 {
		n := min(len(other), chunkRows)
		if err := t.recordOther(ctx, other[:n]); err != nil {
			return err
		}
		other = other[n:]
	}
	return nil
}

// settle makes a result fit for the table. What is queued or deferred in a cancelled
// mailing is skipped; a state or class that no result may have is in doubt, rather
// than an error that would hold up every other result for good.
func (t *ledgerTx) settle(r mailer.Result) mailer.Result {
	switch r.State {
	case mailer.Accepted, mailer.Rejected, mailer.InDoubt, mailer.Skipped:
	case mailer.Queued, mailer.Deferred:
		if t.state == mailer.Cancelled {
			r.State = mailer.Skipped
		}
	default:
		r.State = mailer.InDoubt
	}
	switch r.Outcome.Class {
	case mailer.OutcomeAccepted, mailer.OutcomeDeferred, mailer.OutcomeRejected, mailer.OutcomeRefused, mailer.OutcomeInDoubt:
	default:
		r.Outcome.Class = mailer.OutcomeInDoubt
	}
	o := &r.Outcome
	o.Stage, o.Enhanced, o.Relay = short(o.Stage, 20), short(o.Enhanced, 20), short(o.Relay, 60)
	o.RelayID, o.Text = short(o.RelayID, 120), short(o.Text, 500)
	return r
}

// short is clean text of at most n bytes.
func short(s string, n int) string {
	s = clean(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

const resultColumns = 7

// resultText updates rows deliveries from as many rows of VALUES, whose columns both
// engines name column1, column2, ...
func resultText(rows int) string {
	types := []string{"BIGINT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT"}
	values := make([]string, rows)
	for i := range values {
		cast := make([]string, resultColumns)
		for j := range cast {
			cast[j] = "CAST(" + params(3+i*resultColumns+j, 1) + " AS " + types[j] + ")"
		}
		values[i] = "(" + strings.Join(cast, ", ") + ")"
	}
	return `UPDATE delivery SET state = v.column2, attempts = v.column3, due_at = v.column4, at = v.column5,
			relay = v.column6, relay_id = v.column7
		FROM (VALUES ` + strings.Join(values, ", ") + `) AS v
		WHERE delivery.slice = $1 AND delivery.epoch = $2 AND delivery.state = 'claimed' AND delivery.subscriber = v.column1`
}

// resultArgs are the arguments of resultText, the rows filled up to a power of two by
// the last.
func (t *ledgerTx) resultArgs(results []mailer.Result) []any {
	rows := power(len(results))
	args := make([]any, 0, 2+rows*resultColumns)
	args = append(args, t.lease.Slice, t.lease.Epoch)
	for i := range rows {
		r := results[min(i, len(results)-1)]
		var due int64
		if r.State == mailer.Deferred || r.State == mailer.Queued {
			due = micros(r.Due)
		}
		args = append(args, r.Number, string(r.State), r.Attempts, due, micros(r.At), r.Outcome.Relay, r.Outcome.RelayID)
	}
	return args
}

// power is the least power of two that is n or more.
func power(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}

// recordOther stores results that did not end in acceptance, with an attempt for
// each that applied.
func (t *ledgerTx) recordOther(ctx context.Context, results []mailer.Result) error {
	applied, err := collect(ctx, t.tx, scanOne[int64], resultText(power(len(results)))+` RETURNING subscriber`, t.resultArgs(results)...)
	if err != nil {
		return err
	}
	did := make(map[int64]bool, len(applied))
	for _, n := range applied {
		did[n] = true
	}
	var args []any
	rows := 0
	for _, r := range results {
		if !did[r.Number] || r.State == mailer.Skipped && r.Outcome.Stage == "" {
			continue
		}
		o := r.Outcome
		args = append(args, t.lease.Slice, r.Number, micros(r.At), string(o.Class), o.Stage, o.Code, o.Enhanced, o.Text, o.Relay)
		rows++
	}
	if rows == 0 {
		return nil
	}
	_, err = changed(ctx, t.tx, `INSERT INTO attempt (slice, subscriber, at, class, stage, code, enhanced, text, relay)
		VALUES `+tuples(1, rows, 9), args...)
	return err
}
