// Package smtp is the wire: it hands finished messages to a relay and says what
// came of each.
package smtp
