#!/usr/bin/env bash
# Asks OpenDKIM and SpamAssassin about messages where there is no network, but a
# name server that holds the sender's records: box.sh ZONE.json FILE...
# It prints a line of JSON for each file and judge. FILE.received is the message as
# the receiver's own server hands it on, which is what SpamAssassin reads.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

if [ "${1:-}" != --within ]; then
	own=(unshare --mount --net --pid --fork --mount-proc --kill-child)
	if [ "$(id -u)" != 0 ]; then own+=(--map-root-user); fi
	exec "${own[@]}" "${BASH_SOURCE[0]}" --within "$@"
fi
shift
zone=$1
shift
ip link set lo up
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "nameserver 127.0.0.1" >"$scratch/resolv.conf"
mount --bind "$scratch/resolv.conf" /etc/resolv.conf
# Mail::DMARC takes names for real by Mozilla's list, which cannot know the domain
# that is reserved for examples.
suffixes=/usr/share/publicsuffix/public_suffix_list.dat
if [ -e "$suffixes" ]; then
	{ cat "$suffixes" && printf '\nexample\n'; } >"$scratch/suffixes"
	mount --bind "$scratch/suffixes" "$suffixes"
fi
mkfifo "$scratch/ready"
node "$here/dns.mjs" "$zone" >"$scratch/ready" &
read -r _ <"$scratch/ready"

export PATH=$PATH:/usr/sbin
received=()
for f in "$@"; do
	for _ in 1 2 3; do # a name server that is slow is asked again, as spam.pl does
		said=$(opendkim-testmsg <"$f" 2>&1) && verdict=true && break
		verdict=false
	done
	printf '{"file":"%s","dkim":%s,"said":"%s"}\n' "$f" "$verdict" "$(tr -d '"\\\n' <<<"$said")"
	received+=("$f.received")
done
"$here/spam.pl" "${received[@]}"
