package digest

import (
	"slices"
	"strings"
)

// paidMarks are what newspapers put in brackets before the title of a piece that
// somebody paid for, in lower case.
var paidMarks = []string{
	"sponsor", "sponsored", "sponsored post", "sponsored content", "ad", "advertisement", "advertorial", "paid post", "paid content",
	"anzeige", "werbung", "publicité", "contenu sponsorisé", "publirreportaje", "реклама", "إعلان",
}

// PaidMark tells whether a word only says that somebody paid, and not who.
func PaidMark(word string) bool {
	return slices.Contains(paidMarks, strings.ToLower(strings.TrimSpace(word)))
}

// unpaid are the items that nobody paid for. Others stand neither in the subject of a
// mail nor in its preheader, where there is no room for their label.
func unpaid(items []Item) []Item {
	return slices.DeleteFunc(slices.Clone(items), func(i Item) bool { return i.Story.Sponsor != "" })
}
