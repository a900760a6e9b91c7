package fetch

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// badPorts are where other services listen than web servers, which a request could be
// made to speak to: https://fetch.spec.whatwg.org/#bad-port.
var badPorts = []int{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
	111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
	548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
	6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
}

// badPort refuses a port where no web server is, unless the configuration names it.
func badPort(u *url.URL, allowed map[string]bool) *Error {
	if u.Port() == "" || allows(allowed, hostPort(u)) {
		return nil
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case err != nil:
		return &Error{Kind: BadURL, Words: "there is no port " + u.Port()}
	case slices.Contains(badPorts, int(port)):
		return &Error{Kind: Barred, Words: fmt.Sprintf("port %d is not one that web servers use", port)}
	}
	return nil
}
