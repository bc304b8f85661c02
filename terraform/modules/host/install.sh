# First start of the host, as root: a disk for the data, Docker and Compose, and a timer that keeps the
# host at what Terraform says. Run by cloud-init; its output is in /var/log/cloud-init-output.log.
# AWS_REGION, DEPLOYMENT and DATA_VOLUME are set by what stands before it.
set -euo pipefail

compose_image=docker/compose-bin:v2.40.3
data=/var/lib/packytrace

# The volume is attached after the machine has started, and NVMe names it by its serial number.
mount_data() {
  local disk=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${DATA_VOLUME/-/}
  local waited=0
  until [ -e "$disk" ]; do
    ((waited += 2))
    [ "$waited" -le 300 ] || { echo "the volume $DATA_VOLUME is not attached" >&2; return 1; }
    sleep 2
  done
  # A volume that has a file system has data: it is never formatted again. 2 = nothing was found on it.
  local found=0
  blkid --probe "$disk" >/dev/null || found=$?
  [ "$found" -ne 2 ] || mkfs.ext4 -q -L packytrace "$disk"
  udevadm settle
  mkdir -p "$data"
  # A volume that was made larger is used whole after the next boot.
  echo "LABEL=packytrace $data ext4 defaults,nofail,x-systemd.growfs 0 2" >>/etc/fstab
  mount "$data"
}

# Docker keeps volumes and images on the data volume; logs rotate whatever a container says.
install_docker() {
  # The public address comes a moment after the machine.
  until dnf install --assumeyes docker jq openssl; do sleep 5; done
  mkdir -p /etc/docker "$data/docker"
  jq --null-input --arg root "$data/docker" '{"data-root": $root, "log-driver": "json-file",
    "log-opts": {"max-size": "10m", "max-file": "3"}, "live-restore": true}' >/etc/docker/daemon.json
  # Never without the volume: it would begin again on the system disk.
  mkdir -p /etc/systemd/system/docker.service.d
  printf '[Unit]\nRequiresMountsFor=%s\n' "$data" >/etc/systemd/system/docker.service.d/data.conf
  systemctl daemon-reload
  systemctl enable --now docker
}

# Compose is in no repository of Amazon Linux; its image holds the program.
install_compose() {
  local plugins=/usr/local/lib/docker/cli-plugins container
  mkdir -p "$plugins"
  docker pull --quiet "$compose_image"
  # It says no command to start, so it gets one.
  container=$(docker create "$compose_image" none)
  docker cp "$container:/docker-compose" "$plugins/docker-compose"
  docker rm "$container"
}

# Two gigabytes are enough for what runs and tight for an upgrade.
add_swap() {
  fallocate --length 1G "$data/swap"
  chmod 600 "$data/swap"
  mkswap "$data/swap"
  echo "$data/swap none swap sw,nofail 0 0" >>/etc/fstab
  swapon "$data/swap"
}

# The operator's tool, as the operator's guide calls it.
write_operators_tool() {
  cat >/usr/local/bin/packytrace-ops <<'TOOL'
#!/bin/bash
exec sudo /usr/local/bin/packytrace-converge compose run --rm ops "$@"
TOOL
  chmod 755 /usr/local/bin/packytrace-ops
}

write_units() {
  cat >/etc/systemd/system/packytrace.service <<UNIT
[Unit]
Description=PackyTrace: bring this host to what Terraform says
After=docker.service network-online.target
Wants=network-online.target
Requires=docker.service
RequiresMountsFor=$data

[Service]
Type=oneshot
Environment=AWS_REGION=$AWS_REGION DEPLOYMENT=$DEPLOYMENT
ExecStart=/usr/local/bin/packytrace-converge
TimeoutStartSec=15min
UNIT
  cat >/etc/systemd/system/packytrace.timer <<'UNIT'
[Unit]
Description=PackyTrace: look once a minute what should run

[Timer]
OnBootSec=10s
OnUnitInactiveSec=60s

[Install]
WantedBy=timers.target
UNIT
  cat >/etc/systemd/system/packytrace-backup.service <<'UNIT'
[Unit]
Description=PackyTrace: a backup, taken and tried
After=packytrace.service
StartLimitIntervalSec=6h
StartLimitBurst=6

[Service]
Type=oneshot
ExecStart=/usr/local/bin/packytrace-ops backup
ExecStart=/usr/local/bin/packytrace-ops restore --check
Restart=on-failure
RestartSec=15min
UNIT
  cat >/etc/systemd/system/packytrace-backup.timer <<'UNIT'
[Unit]
Description=PackyTrace: a backup each night

[Timer]
OnCalendar=*-*-* 01:30:00 UTC
RandomizedDelaySec=10min
Persistent=true

[Install]
WantedBy=timers.target
UNIT
  systemctl daemon-reload
  systemctl enable --now packytrace.timer packytrace-backup.timer
}

mount_data
add_swap
install_docker
install_compose
write_operators_tool
write_units
