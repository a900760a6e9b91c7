package store

import (
	"context"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// sumOf reads counts by state, the earliest due time of the open ones with them.
func sumOf(ctx context.Context, q querier, query string, args ...any) (Counts, error) {
	type part struct {
		state mailer.DeliveryState
		n     int64
		due   int64
	}
	parts, err := collect(ctx, q, func(row scanner) (part, error) {
		var p part
		err := row.Scan(&p.state, &p.n, &p.due)
		return p, err
	}, query, args...)
	if err != nil {
		return Counts{}, err
	}
	var c Counts
	for _, p := range parts {
		c.add(p.state, p.n)
		if p.state == mailer.Queued || p.state == mailer.Deferred {
			if due := time.UnixMicro(p.due).UTC(); c.NextDue.IsZero() || due.Before(c.NextDue) {
				c.NextDue = due // of a delivery never tried: the epoch of Unix, which is due now
			}
		}
	}
	return c, nil
}

// add counts n deliveries of a state: the one place that says where each belongs.
func (c *Counts) add(state mailer.DeliveryState, n int64) {
	c.Audience += n
	switch state {
	case mailer.Queued:
		c.Queued += n
	case mailer.Claimed:
		c.Queued += n
		c.Claimed += n
	case mailer.Accepted:
		c.Accepted += n
	case mailer.Bounced:
		c.Accepted += n
		c.Bounced += n
	case mailer.Deferred:
		c.Deferred += n
	case mailer.Rejected:
		c.Rejected += n
	case mailer.InDoubt:
		c.InDoubt += n
	case mailer.Skipped:
		c.Skipped += n
	}
}

// CountMailing is the accounting of a mailing, counted from its deliveries.
func (s *Store) CountMailing(ctx context.Context, mailing int64) (Counts, error) {
	return sumOf(ctx, s.read, `SELECT d.state, COUNT(*), MIN(d.due_at) FROM slice s JOIN delivery d ON d.slice = s.id
		WHERE s.mailing = $1 AND `+remembered+` GROUP BY d.state
		UNION ALL SELECT k.state, k.deliveries, 0 FROM `+keptOf, mailing)
}

// remembered is true of a mailing $1 whose deliveries are not to be dropped: of others
// some may be there still, and kept_count has all of them.
const remembered = `(SELECT e.forgotten_at FROM mailing m JOIN edition e ON e.id = m.edition WHERE m.id = $1) = 0`

// keptOf are a mailing's rows of kept_count, where its deliveries are to be dropped.
const keptOf = `kept_count k JOIN mailing m ON m.edition = k.edition AND m.id = k.mailing WHERE m.id = $1`

// CountSentAgain is how many deliveries of a mailing were in doubt when their sender
// had died, and were queued again.
func (s *Store) CountSentAgain(ctx context.Context, mailing int64) (int64, error) {
	return countSentAgain(ctx, s.read, mailing)
}

func countSentAgain(ctx context.Context, q querier, mailing int64) (int64, error) {
	return scanOne[int64](q.QueryRowContext(ctx, `SELECT COUNT(DISTINCT a.subscriber)
			+ (SELECT k.sent_again FROM mailing k WHERE k.id = $1) FROM slice s
		JOIN attempt a ON a.slice = s.id AND a.stage = 'takeover'
		JOIN delivery d ON d.slice = a.slice AND d.subscriber = a.subscriber
		JOIN mailing m ON m.id = s.mailing
		WHERE s.mailing = $1 AND `+remembered+` AND m.policy = 'resend' AND d.state NOT IN ('in_doubt', 'skipped')`, mailing))
}

// CountEdition is the accounting of an edition over all its mailings, each reader
// counted once, by the best that became of their deliveries: accepted before in
// doubt before open before rejected before skipped.
func (s *Store) CountEdition(ctx context.Context, edition int64) (Counts, error) {
	mailings, err := s.Mailings(ctx, edition)
	if err != nil {
		return Counts{}, err
	}
	if len(mailings) == 1 { // no reader can be there twice
		return s.CountMailing(ctx, mailings[0].ID)
	}
	return countEdition(ctx, s.read, edition)
}

func countEdition(ctx context.Context, q querier, edition int64) (Counts, error) {
	return sumOf(ctx, q, `SELECT CASE best WHEN 1 THEN 'accepted' WHEN 2 THEN 'bounced' WHEN 3 THEN 'in_doubt'
			WHEN 4 THEN 'claimed' WHEN 5 THEN 'queued' WHEN 6 THEN 'deferred' WHEN 7 THEN 'rejected' ELSE 'skipped' END,
			COUNT(*), MIN(due)
		FROM (SELECT d.subscriber, MIN(d.due_at) AS due,
				MIN(CASE d.state WHEN 'accepted' THEN 1 WHEN 'bounced' THEN 2 WHEN 'in_doubt' THEN 3
				WHEN 'claimed' THEN 4 WHEN 'queued' THEN 5 WHEN 'deferred' THEN 6 WHEN 'rejected' THEN 7 ELSE 8 END) AS best
			FROM mailing m JOIN slice s ON s.mailing = m.id JOIN delivery d ON d.slice = s.id
			WHERE m.edition = $1 AND (SELECT e.forgotten_at FROM edition e WHERE e.id = $1) = 0 GROUP BY d.subscriber) AS reader
		GROUP BY best
		UNION ALL SELECT state, deliveries, 0 FROM kept_count WHERE edition = $1 AND mailing = 0`, edition)
}

// NeverLaid counts the readers on the list, or the part of it that m goes to, of whom no mailing of the edition of m has a
// delivery, of those who were there when m started.
func (s *Store) NeverLaid(ctx context.Context, m Mailing, at time.Time) (int64, error) {
	part, args := m.Segment.among(5)
	n, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COUNT(*) `+onList+` AND n.subscriber <= $4
		AND n.subscriber NOT IN (SELECT d.subscriber FROM mailing o JOIN slice s ON s.mailing = o.id
			JOIN delivery d ON d.slice = s.id WHERE o.edition = $3)`+part,
		append([]any{m.Newsletter, micros(at), m.Edition, m.Watermark}, args...)...))
	return n, fault(err)
}

// Unlaid counts those whom a mailing that goes out at once has still to be laid for.
func (s *Store) Unlaid(ctx context.Context, m Mailing, at time.Time) (int64, error) {
	part, args := m.Segment.among(6)
	n, err := scanOne[int64](s.read.QueryRowContext(ctx, `SELECT COUNT(*) `+audienceOf(m.Audience)+part,
		append([]any{m.Newsletter, micros(at), m.Edition, m.LaidThrough + 1, m.Watermark}, args...)...))
	return n, fault(err)
}

// gotCopy tells whether any reader got a copy of the edition.
func gotCopy(ctx context.Context, q querier, edition int64) (bool, error) {
	return exists(ctx, q, `SELECT 1 FROM mailing m
		JOIN slice s ON s.mailing = m.id JOIN delivery d ON d.slice = s.id
		WHERE m.edition = $1 AND d.state IN ('accepted', 'bounced')
		UNION ALL SELECT 1 FROM kept_count WHERE edition = $1 AND state IN ('accepted', 'bounced')`, edition)
}
