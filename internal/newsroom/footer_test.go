package newsroom_test

import (
	"strings"
	"testing"
)

// TestCheckLooksAtTheFooter: a newsletter without a postal address, or a privacy
// policy, is told of; one that has both is not.
func TestCheckLooksAtTheFooter(t *testing.T) {
	onSQLite(t, nil, func(t *testing.T, r *room) {
		got := r.check(nil)
		finding(t, got, `mind newsletter weekly: no postal address .* "address:"$`)
		finding(t, got, `mind newsletter weekly: its mails link to no privacy policy.* "privacy:"$`)
		r.configure(settings{"address": "1 Quay, Harbour", "privacy": "https://observer.example/privacy"})
		if got := r.check(nil); strings.Contains(got, "postal address") || strings.Contains(got, "privacy policy") {
			t.Errorf("both are there, and check says\n%s", got)
		}
	})
}
