package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/broadsheet-news/broadsheet/internal/store"
	"github.com/broadsheet-news/broadsheet/internal/store/storetest"
	"github.com/broadsheet-news/broadsheet/mailer"
	"github.com/broadsheet-news/broadsheet/subscribers/segment"
)

// part is a segment of the newsletter weekly, in English and Berlin.
func part(t testing.TB, text string) store.Segment {
	t.Helper()
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	return store.Segment{
		Said: text, Expr: must(segment.Parse(text, nil))(t),
		Moment: segment.Moment{Now: friday, Zone: berlin, Language: "en", Format: "digest"},
	}
}

// varied puts n readers of all kinds on the newsletter weekly, and returns them as
// package segment sees them, by number.
func varied(t testing.TB, s *store.Store, n int) map[int64]segment.Reader {
	t.Helper()
	languages := []string{"", "en", "ru", "RU-ua", "rus", "pt-BR", "uk"}
	formats := []string{"", "text", "private", "full", "digest"}
	paths := []string{"import", "form", "operator"}
	berlin := must(time.LoadLocation("Europe/Berlin"))(t)
	var rows []store.NewSubscriber
	for i := range n {
		r := row("weekly", i)
		r.Tie.Language, r.Tie.Variant = languages[i%len(languages)], formats[i%len(formats)]
		// Around midnights, and around friday itself.
		r.Tie.JoinedAt = time.Date(2026, 3, 29+i%4, 0, 0, 0, 0, berlin).Add(time.Duration(i%3-1) * time.Microsecond)
		if i%3 == 0 {
			r.Tie.JoinedAt = friday.AddDate(0, 0, -30).Add(time.Duration(i%5-2) * time.Microsecond)
		}
		r.Tie.ConfirmedAt = r.Tie.JoinedAt.Add(time.Hour)
		if i%4 == 0 {
			r.Tie.ConfirmedAt = time.Time{}
		}
		r.Tie.PausedUntil = []time.Time{{}, friday, friday.AddDate(1, 0, 0), friday.Add(-time.Microsecond)}[i%4]
		r.Tie.AppealUntil = []time.Time{{}, friday.Add(time.Microsecond), friday, store.ForGood}[i%4]
		r.Consent = store.Consent{Week: "2026-W48", Path: paths[i%len(paths)], Basis: fmt.Sprintf(`it's %d" \`, i%2), TextVersion: fmt.Sprint("v", i%4)}
		rows = append(rows, r)
		if i%6 == 0 { // a second consent, and a tie to another newsletter with another
			other := r
			other.Tie.Newsletter, other.Consent.Basis = "tides", "tides alone"
			rows = append(rows, other)
		}
	}
	readers := map[int64]segment.Reader{}
	for i, p := range must(s.PutSubscribers(t.Context(), rows))(t) {
		r := rows[i]
		if r.Tie.Newsletter != "weekly" {
			continue
		}
		readers[p.Number] = segment.Reader{
			Language: r.Tie.Language, Format: r.Tie.Variant, Joined: r.Tie.JoinedAt, Confirmed: r.Tie.ConfirmedAt,
			PausedUntil: r.Tie.PausedUntil, AppealUntil: r.Tie.AppealUntil,
			Consents: []segment.Consent{{Path: r.Consent.Path, Basis: r.Consent.Basis, Policy: r.Consent.TextVersion}},
			In:       func(x segment.Sample) bool { return store.InSample(p.Number, x) },
		}
	}
	return readers
}

// numbersIn are the readers whom the store finds in a part.
func numbersIn(t testing.TB, s *store.Store, p store.Segment) []int64 {
	t.Helper()
	var all []int64
	for r, err := range s.Subscribers(t.Context(), "weekly", p, store.Confirmed) {
		ok(t, err)
		all = append(all, r.Number)
	}
	return all
}

// question draws the text of an expression.
func question(t *rapid.T, depth int) string {
	if depth > 0 {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0, 1:
			return "(" + question(t, depth-1) + rapid.SampledFrom([]string{" and ", " or "}).Draw(t, "word") + question(t, depth-1) + ")"
		case 2:
			return "not " + question(t, depth-1)
		}
	}
	op := rapid.SampledFrom([]string{"=", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
	day := rapid.SampledFrom([]string{"2026-03-28", "2026-03-29", "2026-03-30", "2026-04-01", "2027-01-01"}).Draw(t, "day")
	return rapid.SampledFrom([]string{
		"language = ru", "language != en", "language in (pt, uk)", "language = ru-ua", "format = digest", "format in (text, full)",
		"path = form", "path not in (import, operator)", `basis = "it's 1\" \\"`, `basis = "tides alone"`, `policy in (v1, "v2")`,
		"paused", "appeal_hidden", "sample 30%", `sample 0.5% of "it's"`, "sample 100%",
		"joined " + op + " " + day, "confirmed " + op + " " + day, "joined <= 30d ago", "joined < 720h ago", "confirmed > 4w ago", "joined >= 30d ago",
	}).Draw(t, "term")
}

// TestSegmentInSQL: the store finds whom package segment finds, on every engine.
func TestSegmentInSQL(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s := openStore()
		readers := varied(t, s, 84)
		some, none := 0, 0
		rapid.Check(t, func(rt *rapid.T) {
			text := question(rt, 3)
			p := part(t, text)
			var want []int64
			for number, r := range readers {
				if segment.Matches(p.Expr, r, p.Moment) {
					want = append(want, number)
				}
			}
			slices.Sort(want)
			if len(want) > 0 && len(want) < len(readers) {
				some++
			} else {
				none++
			}
			if got := numbersIn(t, s, p); !slices.Equal(got, want) {
				rt.Fatalf("%s: the store finds %v, want %v", text, got, want)
			}
			counted := must(s.CountSubscribersIn(t.Context(), "weekly", p))(t)
			if len(want) > 0 && (len(counted) != 1 || counted[0].Count != int64(len(want))) || len(want) == 0 && len(counted) != 0 {
				rt.Fatalf("%s: counted %v, want %d", text, counted, len(want))
			}
		})
		if some < none {
			t.Errorf("only %d of %d expressions were of a part", some, some+none)
		}
	})
}

// TestSegmentIsBound: nothing of an expression reaches the text of a query; the same
// question with other values has the same text.
func TestSegmentIsBound(t *testing.T) {
	values := func(language, basis, name, day, share string) string {
		return fmt.Sprintf(`language = %s and basis in ('%s', "x") or policy = '%[2]s' and not joined = %s and path != form and format = text and sample %s of '%s'
			or confirmed > 30d ago or paused`, language, basis, day, share, name)
	}
	a, args := store.Condition(part(t, values("ru", `1\') OR 1=1 --`, "spring", "2026-03-29", "10%")))
	b, others := store.Condition(part(t, values("pt", "needle", "autumn", "2025-01-01", "7.25%")))
	if a != b {
		t.Errorf("the text follows the values:\n%s\n%s", a, b)
	}
	for _, literal := range []string{"ru", "1=1", "--", "spring", "2026", "needle", "form'", "text'"} {
		if strings.Contains(a, "'"+literal) || strings.Contains(b, literal+"'") || literal != "ru" && literal != "form'" && literal != "text'" && strings.Contains(a+b, literal) {
			t.Errorf("%s stands in the text: %s", literal, a)
		}
	}
	if text, none := store.Condition(store.Segment{}); text != "" || none != nil {
		t.Errorf("without a segment a query has %q, %v", text, none)
	}
	if len(args) != len(others) || len(args) < 14 || slices.Equal(args, others) {
		t.Errorf("parameters %v and %v", args, others)
	}
	for i := range args {
		if !strings.Contains(a, fmt.Sprintf("$%d ", i+6)) {
			t.Errorf("no $%d in %s", i+6, a)
		}
	}
}

// startPart starts a mailing to a part of an audience.
func startPart(t testing.TB, s *store.Store, e store.Edition, revision int, a mailer.Audience, p store.Segment, formats ...store.FormatFor) store.Mailing {
	t.Helper()
	return must(s.StartMailing(t.Context(), store.NewMailing{
		Edition: e.ID, Revision: revision, Audience: a, Segment: p, FormatFor: formats,
		Policy: mailer.Resend, Date: friday, At: friday, Who: "test",
	}))(t)
}

// TestMailingToAPart: a mailing is laid for its part alone, as it was when it began,
// and the rest go to those outside.
func TestMailingToAPart(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn func() string) {
		address := dsn()
		s, ctx := storetest.Open(t, address), t.Context()
		readers := varied(t, s, 84)
		on := numbersIn(t, s, part(t, "not paused"))
		p := part(t, "language = ru and joined <= 30d ago")
		want := numbersIn(t, s, part(t, "not paused and language = ru and joined <= 30d ago"))
		if len(want) == 0 || len(want) == len(readers) {
			t.Fatalf("the part is %d of %d", len(want), len(readers))
		}
		e := open(t, s, "weekly")
		revision := freeze(t, s, e)
		if n := must(s.AudienceSize(ctx, e.ID, mailer.ToList, p, friday))(t); n != int64(len(want)) {
			t.Errorf("announced %d, want %d", n, len(want))
		}
		m := startPart(t, s, e, revision, mailer.ToList, p)
		if n := must(s.Unlaid(ctx, m, friday))(t); n != int64(len(want)) {
			t.Errorf("unlaid %d, want %d", n, len(want))
		}
		// Another process goes on, two days later, when other readers are 30 days old.
		again := storetest.Open(t, address)
		m = must(again.Mailing(ctx, m.ID))(t)
		if !m.Segment.Same(p) || m.Segment.Said != p.Said || !m.Segment.Now.Equal(friday) || m.Segment.Zone.String() != "Europe/Berlin" || m.Segment.Language != "en" {
			t.Fatalf("it is kept as %+v", m.Segment)
		}
		for done := false; !done; {
			n, last, err := again.Lay(ctx, m.ID, 2, friday.AddDate(0, 0, 2))
			ok(t, err)
			if done = last; !done && n != 2 {
				t.Errorf("a slice of 2 holds %d", n)
			}
		}
		laid := must(store.SubscribersOf(ctx, s, m.ID))(t)
		if slices.Sort(laid); !slices.Equal(laid, want) {
			t.Errorf("laid for %v, want %v", laid, want)
		}
		sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
		if !must(s.FinishMailing(ctx, m.ID, friday))(t) {
			t.Fatal("it does not end")
		}
		// Then another part of the rest, and the rest of it.
		second := startPart(t, s, e, revision, mailer.ToRest, part(t, "language in (ru, pt)"))
		lay(t, s, second, 3)
		sendAll(t, s, second, mailer.Accepted, mailer.OutcomeAccepted)
		must(s.FinishMailing(ctx, second.ID, friday))(t)
		third := startPart(t, s, e, revision, mailer.ToRest, store.Segment{})
		lay(t, s, third, 7)
		sendAll(t, s, third, mailer.Accepted, mailer.OutcomeAccepted)
		all := slices.Concat(laid, must(store.SubscribersOf(ctx, s, second.ID))(t), must(store.SubscribersOf(ctx, s, third.ID))(t))
		slices.Sort(all)
		if !slices.Equal(all, on) {
			t.Errorf("the three together: %v, want each of %v once", all, on)
		}
		if c := must(s.CountEdition(ctx, e.ID))(t); c.Audience != int64(len(on)) || c.Accepted != c.Audience {
			t.Errorf("the accounting is %+v", c)
		}
	})
}

func without(all, some []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(all), func(n int64) bool { return slices.Contains(some, n) })
}

// TestPartInWaves: waves, their window and the plan of a warm-up are of the part.
func TestPartInWaves(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		varied(t, s, 168)
		p := part(t, "language in (en, ru)")
		want := numbersIn(t, s, part(t, "not paused and language in (en, ru)"))
		e := open(t, s, "weekly")
		plan := store.Planning{
			Waves:  []mailer.Wave{{Kind: mailer.WaveStaff}, {Kind: mailer.WaveReaders, Readers: 5}, {Kind: mailer.WaveRest}},
			Staff:  []int64{want[0], want[3], without(numbersIn(t, s, part(t, "not paused")), want)[0]}, // the last is outside
			Window: time.Minute, Sample: mailer.SampleOf(e.ID, 1),
		}
		waves := must(s.PlanWaves(ctx, e.ID, mailer.ToList, p, plan, friday))(t)
		if len(waves) != 3 || waves[0].Expected != 2 || waves[1].Expected != 5 || waves[2].Expected != int64(len(want)-7) {
			t.Fatalf("of %d: planned %+v", len(want), waves)
		}
		if width, _ := mailer.Spread(int64(len(want)), time.Minute); int64(waves[2].Width) != width {
			t.Errorf("parts of %d, want %d", waves[2].Width, width)
		}
		var ramp []int64
		for above := int64(0); ; {
			page := must(s.RampAudience(ctx, e.ID, mailer.ToList, p, friday, above, 7))(t)
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				ramp = append(ramp, r.Number)
			}
			above = ramp[len(ramp)-1]
		}
		if !slices.Equal(ramp, want) {
			t.Errorf("the warm-up plans for %v, want %v", ramp, want)
		}
		m := must(s.StartMailing(ctx, store.NewMailing{
			Edition: e.ID, Revision: freeze(t, s, e), Audience: mailer.ToList, Segment: p, Waves: waves, Policy: mailer.Resend, Date: friday, At: friday, Who: "test",
		}))(t)
		now := friday
		for done := false; !done; {
			var err error
			_, done, err = s.Lay(ctx, m.ID, 4, now)
			var wait *store.ErrWait
			switch {
			case errors.As(err, &wait) && wait.Until.IsZero():
				sendAll(t, s, m, mailer.Accepted, mailer.OutcomeAccepted)
			case errors.As(err, &wait):
				now = wait.Until
			default:
				ok(t, err)
			}
		}
		got := must(store.SubscribersOf(ctx, s, m.ID))(t)
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("laid for %v, want %v", got, want)
		}
	})
}

// TestFormatFor: who chose no format gets that of the first part they are in; a choice
// stands; quiet twins stay quiet.
func TestFormatFor(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openStore func() *store.Store) {
		s, ctx := openStore(), t.Context()
		readers := varied(t, s, 84)
		e := open(t, s, "weekly")
		formats := []store.FormatFor{{part(t, "language = ru and joined < 2026-03-31"), "private"}, {part(t, "language in (ru, uk)"), "text"}}
		m := startPart(t, s, e, freeze(t, s, e), mailer.ToList, part(t, `path in (import, "form")`), formats...)
		lay(t, s, m, 10)
		seen := map[string]int{}
		for {
			sl, err := s.TakeSlice(ctx, m.ID, "test", friday, lease)
			var none *store.ErrNone
			if errors.As(err, &none) {
				break
			}
			ok(t, err)
			for _, d := range must(s.Recipients(ctx, sl.Slice, friday))(t) {
				r := readers[d.Number]
				want := r.Format
				for _, f := range formats {
					if want == "" && segment.Matches(f.Segment.Expr, r, f.Segment.Moment) {
						want = f.Format
					}
				}
				if r.AppealUntil.After(friday) {
					want += store.Quiet
				}
				if d.Variant != want {
					t.Errorf("reader %d (%q, %q) gets %q, want %q", d.Number, r.Language, r.Format, d.Variant, want)
				}
				seen[want]++
			}
		}
		for _, v := range []string{"", "private", "text", "-quiet", "text-quiet"} {
			if seen[v] == 0 {
				t.Errorf("nobody is to get %q: %v", v, seen)
			}
		}
	})
}
