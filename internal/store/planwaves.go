package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/broadsheet-news/broadsheet/mailer"
)

// placeOf is mailer.Sample.Place of the reader n, in SQL: $f is the factor and $s the
// shift. No product leaves 64 bits.
func placeOf(factor, shift int) string {
	p := strconv.Itoa(mailer.PlacesOfSample)
	x := fmt.Sprintf(`((n.subscriber %% %s * CAST($%d AS BIGINT) + CAST($%d AS BIGINT)) %% %s)`, p, factor, shift, p)
	square := `(` + x + ` * ` + x + ` % ` + p + `)`
	return `(` + square + ` * ` + square + ` % ` + p + ` * ` + x + ` % ` + p + `)`
}

// among is a condition on readers, to be put after an audience's text whose
// parameters end before `first`.
func (w Wave) among(first int) (text string, args []any) {
	switch w.Kind {
	case mailer.WaveStaff:
		return fmt.Sprintf(` AND n.subscriber IN (SELECT CAST(key AS BIGINT) FROM json_each($%d))`, first), []any{numberSet(w.Staff)}
	case mailer.WaveShare, mailer.WaveReaders:
		return ` AND ` + placeOf(first, first+1) + fmt.Sprintf(` BETWEEN CAST($%d AS BIGINT) AND CAST($%d AS BIGINT)`, first+2, first+3),
			[]any{w.Sample.Factor, w.Sample.Shift, w.Low, w.High}
	}
	return "", nil
}

// PlanWaves works out who is in which wave of a mailing to a part of an audience that
// would start now, and how many they are. A wave that nobody would be in is left out; the rest always stays.
func (s *Store) PlanWaves(ctx context.Context, edition int64, a mailer.Audience, part Segment, p Planning, at time.Time) ([]Wave, error) {
	e, err := s.Edition(ctx, edition)
	if err != nil {
		return nil, err
	}
	all, err := s.AudienceSize(ctx, edition, a, part, at)
	if err != nil {
		return nil, err
	}
	among, more := part.among(6)
	plan := planner{
		s: s, audience: strings.Replace(audienceOf(a), unsuppressed, unsuppressedOfAll, 1) + among,
		args: append([]any{e.Newsletter, micros(at), edition, 0, int64(1) << 62}, more...), Planning: p, all: all,
	}
	var waves []Wave
	left := all
	for _, w := range p.Waves {
		next := Wave{Wave: w, Limits: p.Limits, Sample: p.Sample, Expected: left}
		if w.Kind != mailer.WaveRest {
			if err := plan.size(ctx, &next, left); err != nil {
				return nil, err
			}
			if next.Expected == 0 {
				continue
			}
		}
		left -= next.Expected
		next.Number = len(waves) + 1
		waves = append(waves, next)
	}
	if last := len(waves) - 1; p.Window > 0 && last >= 0 {
		list, err := s.AudienceSize(ctx, edition, mailer.ToList, part, at)
		if err != nil {
			return nil, err
		}
		width, every := mailer.Spread(list, p.Window)
		waves[last].Width, waves[last].Every = int(width), every
	}
	return waves, nil
}

// planner gives each wave its readers.
type planner struct {
	s        *Store
	audience string
	args     []any
	Planning
	all    int64
	staff  bool  // a wave before took the staff
	places int64 // taken by waves before
}

func (p *planner) size(ctx context.Context, w *Wave, left int64) error {
	// Those whom no wave before has: from where the last sample ended, without the staff.
	next := len(p.args) + 1
	place := placeOf(next, next+1)
	text := p.audience + ` AND ` + place + fmt.Sprintf(` >= CAST($%d AS BIGINT)`, next+2)
	args := append(p.args[:len(p.args):len(p.args)], p.Sample.Factor, p.Sample.Shift, p.places)
	if w.Kind == mailer.WaveStaff {
		w.Staff, p.staff = p.Staff, true
		among, staff := w.among(next + 3)
		var err error
		w.Expected, err = scanOne[int64](p.s.read.QueryRowContext(ctx, `SELECT COUNT(*) `+text+among, append(args, staff...)...))
		return fault(err)
	}
	if w.Expected = min(w.Size(p.all), left); w.Expected == 0 {
		return nil
	}
	args = append(args, w.Expected-1)
	if p.staff {
		text += fmt.Sprintf(` AND n.subscriber NOT IN (SELECT CAST(key AS BIGINT) FROM json_each($%d))`, next+4)
		args = append(args, numberSet(p.Staff))
	}
	last, err := scanOne[int64](p.s.read.QueryRowContext(ctx, `SELECT `+place+` AS place `+text+fmt.Sprintf(` ORDER BY place LIMIT 1 OFFSET $%d`, next+3), args...))
	if errors.Is(err, sql.ErrNoRows) { // fewer are left than there were a moment ago
		last, err = mailer.PlacesOfSample-1, nil
	}
	w.Low, w.High, p.places = p.places, last, last+1
	return fault(err)
}

// putWaves stores a plan; the first wave is at hand.
func putWaves(ctx context.Context, tx *sql.Tx, mailing int64, waves []Wave) error {
	expected := int64(0)
	for i, w := range waves {
		expected += w.Expected
		if _, err := changed(ctx, tx, `INSERT INTO wave (mailing, number, kind, share, readers, numbers, factor, shift, low, high,
				expected, wait, width, every, stop_rejected, stop_refused, stop_deferred, stop_complained)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
			mailing, i+1, string(w.Kind), int64(w.Share), w.Readers, numberSet(w.Staff), w.Sample.Factor, w.Sample.Shift, w.Low, w.High,
			w.Expected, w.Wait.Microseconds(), w.Width, w.Every.Microseconds(),
			int64(w.Limits.Rejected), int64(w.Limits.Refused), int64(w.Limits.Deferred), int64(w.Limits.Complained)); err != nil {
			return err
		}
	}
	if len(waves) == 0 {
		return nil
	}
	_, err := changed(ctx, tx, `UPDATE mailing SET wave = 1, expected = $2 WHERE id = $1`, mailing, expected)
	return err
}

// Waves are the waves of a mailing in their order; none where it goes out at once.
func (s *Store) Waves(ctx context.Context, mailing int64) ([]Wave, error) {
	return wavesOf(ctx, s.read, mailing)
}

func wavesOf(ctx context.Context, q querier, mailing int64) ([]Wave, error) {
	return collect(ctx, q, scanWave, `SELECT number, kind, share, readers, numbers, factor, shift, low, high, expected, wait, width, every,
			stop_rejected, stop_refused, stop_deferred, stop_complained, laid, began_at, laid_at, ended_at, pardoned
		FROM wave WHERE mailing = $1 ORDER BY number`, mailing)
}

func scanWave(row scanner) (Wave, error) {
	var w Wave
	var numbers string
	var wait, every, began, laid, ended, pardoned int64
	if err := row.Scan(&w.Number, &w.Kind, &w.Share, &w.Readers, &numbers, &w.Sample.Factor, &w.Sample.Shift, &w.Low, &w.High,
		&w.Expected, &wait, &w.Width, &every, &w.Limits.Rejected, &w.Limits.Refused, &w.Limits.Deferred, &w.Limits.Complained,
		&w.Laid, &began, &laid, &ended, &pardoned); err != nil {
		return w, err
	}
	w.Wait, w.Every = time.Duration(wait)*time.Microsecond, time.Duration(every)*time.Microsecond
	w.BeganAt, w.LaidAt, w.EndedAt, w.Pardoned = instant(began), instant(laid), instant(ended), pardoned == 1
	var staff map[int64]int
	if err := json.Unmarshal([]byte(numbers), &staff); err != nil {
		return w, fmt.Errorf("the staff of wave %d: %w", w.Number, err)
	}
	for number := range staff {
		w.Staff = append(w.Staff, number)
	}
	return w, nil
}
