package mailer

import "time"

// meter counts what goes one way against the rates of its Limits. The clock is passed
// in.
//
// Messages a second are spaced (GCRA): a twentieth of a second's may go together, and
// the spacing makes up for those, so that no second sees more than Rate wherever it
// begins. Messages an hour are counted by the minute, and a minute is forgotten when it
// is whole an hour ago, so that no 60 minutes see more than Hourly.
type meter struct {
	Limits
	next    time.Time // by when what has gone is spaced out
	minutes [61]int   // messages in each, by the minute's number
	minute  int64     // the latest one's number
	hour    int       // all of them
}

// together is how many messages may go at once.
func (m *meter) together() int { return max(1, m.Rate/20) }

// space is what lies between messages; with together at the start of a second, Rate
// of them fit it.
func (m *meter) space() time.Duration {
	n := time.Duration(m.Rate - m.together() + 1)
	return (time.Second + n - 1) / n
}

// room is how many of some messages may go now, and, where that is none, when one may.
func (m *meter) room(now time.Time, want int) (n int, again time.Time) {
	n = want
	if m.Rate > 0 {
		space := m.space()
		if m.next.Before(now) {
			m.next = now
		}
		until := now.Add(time.Duration(m.together()) * space)
		if n = min(n, int(until.Sub(m.next)/space)); n <= 0 {
			again = m.next.Add(-time.Duration(m.together()-1) * space)
		}
	}
	if m.Hourly > 0 {
		m.forget(now)
		if m.hour >= m.Hourly {
			return 0, latest(again, m.oldest())
		}
		n = min(n, m.Hourly-m.hour)
	}
	return max(n, 0), again
}

// take notes that n messages go now, which room has allowed.
func (m *meter) take(now time.Time, n int) {
	if m.Rate > 0 {
		m.next = m.next.Add(time.Duration(n) * m.space())
	}
	if m.Hourly > 0 {
		m.forget(now)
		m.minutes[m.minute%61] += n
		m.hour += n
	}
}

// giveBack takes n messages back that did not go after all.
func (m *meter) giveBack(n int) {
	if m.Rate > 0 {
		m.next = m.next.Add(-time.Duration(n) * m.space())
	}
	for at := m.minute; n > 0 && m.hour > 0 && at > m.minute-61; at-- {
		k := min(n, m.minutes[at%61])
		m.minutes[at%61] -= k
		m.hour -= k
		n -= k
	}
}

// forget drops the minutes that no 60 minutes up to now reach.
func (m *meter) forget(now time.Time) {
	minute := now.Unix() / 60
	if m.hour == 0 {
		m.minute = max(m.minute, minute)
		return
	}
	for m.minute < minute {
		m.minute++
		m.hour -= m.minutes[m.minute%61]
		m.minutes[m.minute%61] = 0
		if m.hour == 0 {
			m.minute = minute
		}
	}
}

// oldest is when the oldest minute is forgotten.
func (m *meter) oldest() time.Time {
	for at := m.minute - 60; at <= m.minute; at++ {
		if m.minutes[at%61] > 0 {
			return time.Unix((at+61)*60, 0)
		}
	}
	return time.Unix((m.minute+1)*60, 0)
}

// perSecond is what the limits let through in the long run; 0: they do not say.
func (m *meter) perSecond() float64 {
	rate := float64(m.Rate)
	if hourly := float64(m.Hourly) / 3600; m.Hourly > 0 && (rate == 0 || hourly < rate) {
		rate = hourly
	}
	return rate
}
