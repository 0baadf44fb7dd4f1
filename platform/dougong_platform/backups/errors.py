"""Why a backup cannot be written or brought back; whichever it is, nothing was changed.

PlatformError
└── BackupFault               422
    ├── BackupExists          409  the file is there already
    ├── BackupUnwritable      507  the disk refuses
    ├── BackupBusy            409  a publish is under way
    ├── BackupDamaged         422  not a backup, cut off, or changed since it was written
    ├── BackupTooNew          422  written by a later version of Dougong
    ├── BackupOfAnother       422  the backup of a tenant of another name
    └── TenantNotEmpty        409  the tenant exists and has records
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class BackupFault(PlatformError):
    code = "backup_failed"
    status = 422


class BackupExists(BackupFault):
    code = "backup_exists"
    status = 409
    text = {"en": "{path} exists already; choose another name.", "zh": "{path} 已存在，请换一个文件名。"}


class BackupUnwritable(BackupFault):
    code = "backup_unwritable"
    status = 507
    text = {"en": "{path} cannot be written: {reason}", "zh": "无法写入 {path}：{reason}"}


class BackupBusy(BackupFault):
    code = "backup_busy"
    status = 409
    text = {
        "en": "Somebody is publishing or backing up this tenant; try again when that has ended.",
        "zh": "该租户正在发布或备份，请稍后重试。",
    }


class BackupDamaged(BackupFault):
    code = "backup_damaged"
    text = {
        "en": "{path} is not a whole backup of Dougong: {reason}",
        "zh": "{path} 不是完整的 Dougong 备份：{reason}",
    }


class BackupTooNew(BackupFault):
    code = "backup_too_new"
    text = {
        "en": "{path} was written by Dougong {product}, which is newer than this one; use that version or a later one.",
        "zh": "{path} 由更新的 Dougong {product} 写出，请使用该版本或更高版本恢复。",
    }


class BackupOfAnother(BackupFault):
    code = "backup_of_another"
    text = {
        "en": "{path} is a backup of “{found}”, not of “{wanted}”; name that with --tenant, the new one with --as.",
        "zh": "{path} 是「{found}」的备份，不是「{wanted}」的；请用 --tenant 指明，并用 --as 指定新租户名。",
    }


class TenantNotEmpty(BackupFault):
    code = "tenant_not_empty"
    status = 409
    text = {
        "en": "“{name}” exists and has records or files. Drop it first, or restore under another name with --as.",
        "zh": "「{name}」已存在且有记录或文件。请先删除它，或用 --as 恢复为另一个名称。",
    }
