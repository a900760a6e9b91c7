package feed

import "time"

// Iran's calendar counts its years from the Hijra, too, but by the sun: 1405 begins in March
// 2026. Its months have names of their own; in figures a year of that size is Iran's in
// Persian alone. The Islamic calendar is past 1447 by then: such a year is not read.
const (
	firstPersian = 1370
	lastPersian  = 1440
)

var persianMonths = numbered("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند", "- - - - - شهريور - - - دى - -", "فروردين ارديبهشت - تير - - - - - دي - -")

// fromPersian gives the day of a date in Iran's calendar in ours. In these years its leap
// years, which are the sun's, fall by a cycle of 33.
func fromPersian(year, month, day int) (time.Time, bool) {
	leap := func(y int) bool {
		switch y % 33 {
		case 1, 5, 9, 13, 17, 22, 26, 30:
			return true
		}
		return false
	}
	long := 29
	switch {
	case month < 1 || month > 12:
		return time.Time{}, false
	case month <= 6:
		long = 31
	case month < 12 || leap(year):
		long = 30
	}
	if year < firstPersian || year > lastPersian || day < 1 || day > long {
		return time.Time{}, false
	}
	days := day - 1 + 30*(month-1) + min(month-1, 6)
	for y := firstPersian; y < year; y++ {
		days += 365
		if leap(y) {
			days++
		}
	}
	return time.Date(1991, time.March, 21, 0, 0, 0, 0, time.UTC).AddDate(0, 0, days), true
}
