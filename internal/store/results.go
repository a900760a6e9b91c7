package store

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// record stores results. Each applies only to a delivery that is claimed under the
// lease's own epoch: one that was taken over since keeps what the taker made of it.
func (t *ledgerTx) record(ctx context.Context, results []mailer.Result) error {
	if len(results) == 0 {
		return nil
	}
	accepted := map[acceptedAs][]mailer.Result{}
	var other []mailer.Result
	for _, r := range results {
		r = t.settle(r)
		if r.State != mailer.Accepted {
			other = append(other, r)
			continue
		}
		as := acceptedAs{r.Attempts, r.Outcome.Relay}
		accepted[as] = append(accepted[as], r)
	}
	for as, good := range accepted {
		if err := t.recordAccepted(ctx, as, good); err != nil {
			return err
		}
	}
	if len(other) > 0 {
		return t.recordOther(ctx, other)
	}
	return nil
}

// acceptedAs is what many accepted results have in common.
type acceptedAs struct {
	attempts int
	relay    string
}

// recordAccepted stores what nearly every result is. What they have in common is a
// parameter each, so that JSON holds the relay's ids alone: taking six values a
// delivery out of it cost more than storing them.
func (t *ledgerTx) recordAccepted(ctx context.Context, as acceptedAs, results []mailer.Result) error {
	at := results[0].At
	b := []byte{'{'}
	for i, r := range results {
		if i > 0 {
			b = append(b, ',')
		}
		if r.At.After(at) {
			at = r.At
		}
		b = append(b, '"')
		b = append(strconv.AppendInt(b, r.Number, 10), `":[`...)
		id, err := json.Marshal(r.Outcome.RelayID)
		if err != nil {
			return err
		}
		b = append(append(b, id...), ']')
	}
	_, err := changed(ctx, t.tx, applyAccepted, t.lease.Slice, t.lease.Epoch, string(append(b, '}')), as.attempts, micros(at), as.relay)
	return err
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
	case "": // handed back untried
		if r.State == mailer.InDoubt {
			r.Outcome.Class = mailer.OutcomeInDoubt
		}
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

// applyAccepted stores accepted results: see recordAccepted for $3, and applyResults
// for its form.
const applyAccepted = `WITH v AS MATERIALIZED (
		SELECT CAST($1 AS BIGINT) AS slice, CAST(key AS BIGINT) AS number, value ->> 0 AS relay_id FROM json_each($3))
	UPDATE delivery
	SET state = 'accepted', attempts = $4, due_at = 0, at = $5, relay = $6, relay_id = v.relay_id
	FROM v
	WHERE delivery.slice = v.slice AND delivery.subscriber = v.number AND delivery.epoch = $2 AND delivery.state = 'claimed'`

// applyResults stores the results in one JSON object, $3: see resultSet. They are
// materialized, or SQLite reads the whole object once for each row of the slice; and
// the slice is a column of theirs, or it reads the whole slice for a few results.
const applyResults = `WITH v AS MATERIALIZED (
		SELECT CAST($1 AS BIGINT) AS slice, CAST(key AS BIGINT) AS number, value ->> 0 AS state, CAST(value ->> 1 AS BIGINT) AS attempts,
			CAST(value ->> 2 AS BIGINT) AS due_at, CAST(value ->> 3 AS BIGINT) AS at,
			value ->> 4 AS relay, value ->> 5 AS relay_id
		FROM json_each($3))
	UPDATE delivery
	SET state = v.state, attempts = v.attempts, due_at = v.due_at, at = v.at, relay = v.relay, relay_id = v.relay_id
	FROM v
	WHERE delivery.slice = v.slice AND delivery.subscriber = v.number AND delivery.epoch = $2 AND delivery.state = 'claimed'`

// resultSet is results as one parameter: a JSON object with an array a delivery,
// {"17":["accepted",1,0,1795766400000000,"main","4XyZ"], ...}.
func resultSet(results []mailer.Result) (string, error) {
	b := []byte{'{'}
	for i, r := range results {
		if i > 0 {
			b = append(b, ',')
		}
		var due int64
		if r.State == mailer.Deferred || r.State == mailer.Queued {
			due = micros(r.Due)
		}
		words, err := json.Marshal([]any{string(r.State), r.Attempts, due, micros(r.At), r.Outcome.Relay, r.Outcome.RelayID})
		if err != nil {
			return "", err
		}
		b = append(b, '"')
		b = strconv.AppendInt(b, r.Number, 10)
		b = append(append(b, `":`...), words...)
	}
	return string(append(b, '}')), nil
}

// recordOther stores results that did not end in acceptance, with an attempt for
// each that applied.
func (t *ledgerTx) recordOther(ctx context.Context, results []mailer.Result) error {
	doc, err := resultSet(results)
	if err != nil {
		return err
	}
	applied, err := collect(ctx, t.tx, scanOne[int64], applyResults+` RETURNING subscriber`, t.lease.Slice, t.lease.Epoch, doc)
	if err != nil {
		return err
	}
	did := make(map[int64]bool, len(applied))
	for _, n := range applied {
		did[n] = true
	}
	for _, r := range results {
		o := r.Outcome
		if !did[r.Number] || o.Class == "" {
			continue
		}
		if _, err := changed(ctx, t.tx, `INSERT INTO attempt (slice, subscriber, at, class, stage, code, enhanced, text, relay)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.lease.Slice, r.Number, micros(r.At), string(o.Class), o.Stage, o.Code, o.Enhanced, o.Text, o.Relay); err != nil {
			return err
		}
	}
	return nil
}
