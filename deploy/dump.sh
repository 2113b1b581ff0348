#!/usr/bin/env bash
# Dumps the property system into the bucket, for cron on the producer's machine. The manifest goes last: a dump without one is no dump.
#
#   CRON_TZ=Asia/Tokyo
#   30,50 5 * * *  . /etc/warehouse-producer.env && /opt/warehouse/deploy/dump.sh
#
# The file has lines like `export DUMP_BUCKET=name`: without export nothing of it reaches the script.
# The second time makes up for a failed first one; a day that has its manifest is left alone, unless --again is given.
# Needs bash, flock, gzip, mysql and mysqldump (of MySQL or MariaDB) and python3 with boto3. Settings, the first four of them required:
#   DUMP_BUCKET      name of the bucket
#   DUMP_SECRET      ARN of the secret with host, port, username, password, database (read at each start)
#   DUMP_SOURCE      host/database that the secret must name, as in data_contract.yaml
#   DUMP_SSL_CA      CA file: the server's certificate and name are verified
#   DUMP_TOPIC       ARN of the SNS topic that hears of a failure
#   DUMP_MIN_BYTES   least size of the dump before compression (default 10485760)
#   DUMP_LOCK        lock file (default: in $HOME, so that no other user can hold it)
#   DUMP_PYTHON      the Python that has boto3 (default python3)
# Exit codes: 0 done, or already done; 2 a setting makes no sense; 75 another dump is under way; 1 anything else.
set -euo pipefail
umask 077

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
producer() { "${DUMP_PYTHON:-python3}" "$here/producer.py" "$@"; }

fail() { # code, message
  echo "error: $2" >&2
  if [ -n "${DUMP_TOPIC:-}" ] && [ "$1" != 75 ]; then
    producer alert "$2" || echo "error: the topic could not be told either" >&2
  fi
  exit "$1"
}

again=
case "${1:-}" in
  "") ;;
  --again) again=yes ;;
  *) echo "usage: dump.sh [--again]" >&2; exit 2 ;;
esac
for name in DUMP_BUCKET DUMP_SECRET DUMP_SOURCE DUMP_SSL_CA; do
  [ -n "${!name:-}" ] || fail 2 "$name is not set: see the top of dump.sh"
done
[ -f "$DUMP_SSL_CA" ] || fail 2 "DUMP_SSL_CA: there is no file $DUMP_SSL_CA"

exec 9>>"${DUMP_LOCK:-$HOME/.warehouse-dump.lock}"
flock --nonblock 9 || fail 75 "another dump is under way (flock on ${DUMP_LOCK:-$HOME/.warehouse-dump.lock}); nothing was done"

day=$(TZ=Asia/Tokyo date +%Y%m%d)
if [ -z "$again" ]; then
  there=$(producer there "$day") || fail 1 "s3://$DUMP_BUCKET can't be asked for the manifest of $day: see above"
  if [ "$there" = yes ]; then
    echo "The dump of $day is in s3://$DUMP_BUCKET already."
    exit 0
  fi
fi

# On the disk for no longer than this takes: the whole company is in it.
work=$(mktemp -d "${TMPDIR:-/tmp}/warehouse-dump.XXXXXXXX")
trap 'rm -rf "$work"' EXIT

# Into $work: login.cnf, the client's option file, for a password on a command line is everybody's to read. Its answer is the schema's name.
database=$(producer login "$work") || fail 1 "the login to $DUMP_SOURCE could not be prepared: see above"

tls=(--ssl-mode=VERIFY_IDENTITY)
only_mysql=(--set-gtid-purged=OFF --column-statistics=0)
if mysqldump --version | grep -qi mariadb; then
  tls=(--ssl-verify-server-cert)
  only_mysql=()
fi
client=("--defaults-file=$work/login.cnf" "--ssl-ca=$DUMP_SSL_CA" "${tls[@]}" --default-character-set=utf8mb4)

# Before the dump, so that no watermark is newer than what the dump holds.
for table in movings tenants rooms inquiries apartments; do
  newest=$(mysql "${client[@]}" --batch --skip-column-names --execute "SELECT MAX(updated_at) FROM \`$table\`" "$database") ||
    fail 1 "$DUMP_SOURCE: table $table can't be read: is this the right schema, and may this account read it?"
  [ "$newest" != NULL ] || fail 1 "$DUMP_SOURCE: table $table has no updated_at at all: an empty copy? Nothing was uploaded"
  printf '%s\t%s\n' "$table" "$newest" >>"$work/watermarks"
done

# How many rows a whole dump has. mysqldump's moment is its own, and a lock would stop the source: so each table is counted before and after, and
# producer.py takes the tables that nobody wrote to between. A line a table: name (hex digits), last write, the time now, rows; asked for in
# this order. MySQL 8 tells a last write of up to a day ago unless it must look. mysqldump leaves the rows of some other engines out.
counted() {
  mysql "${client[@]}" --batch --raw --skip-column-names "$database" <<'SQL' |
SET SESSION time_zone = '+00:00' /*!80000 , information_schema_stats_expiry = 0 */;
SELECT CONCAT('SELECT ''', HEX(table_name), ''', ''', COALESCE(update_time, ''), ''', ''', NOW(), ''', COUNT(*) FROM `',
              REPLACE(table_name, '`', '``'), '`;')
FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND engine IN ('InnoDB', 'MyISAM', 'Aria');
SQL
    mysql "${client[@]}" --batch --skip-column-names "$database" >"$work/$1" ||
    fail 1 "$DUMP_SOURCE: the rows of its tables can't be counted: see above; nothing was uploaded"
}
counted rows.before

# One moment for all tables, without locking the source. Data alone: what a trigger or routine does is nothing to the warehouse.
echo "Dumping $DUMP_SOURCE"
mysqldump "${client[@]}" --single-transaction --quick --skip-lock-tables --skip-triggers --no-tablespaces --extended-insert --hex-blob \
  "${only_mysql[@]}" "$database" | gzip >"$work/dump.sql.gz" || fail 1 "mysqldump of $DUMP_SOURCE failed: see above; nothing was uploaded"
counted rows.after

producer upload "$work" "$day" || fail 1 "the dump of $day could not be uploaded to s3://$DUMP_BUCKET: see above; it counts only with its manifest"
echo "The dump of $day is in s3://$DUMP_BUCKET."
