"""Why a file cannot be imported; each names the file or the place in it.

PlatformError
└── ImportFault               422
    ├── FileUnreadable        the file is damaged, protected, empty or of another kind
    ├── FileTooWide           more columns than can be mapped
    ├── MappingInvalid        a column or a field that does not exist
    └── WrongState            409  the import is not in a state that allows this
"""

from __future__ import annotations

from dougong_platform.errors import PlatformError


class ImportFault(PlatformError):
    code = "import_invalid"
    status = 422


class FileUnreadable(ImportFault):
    """`FileUnreadable(en=…, zh=…)`: what is wrong and what to do."""

    code = "file_unreadable"
    text = {"en": "{en}", "zh": "{zh}"}


class FileTooWide(ImportFault):
    code = "file_too_wide"
    text = {
        "en": "Line 1 has {columns} columns; at most {limit} can be imported. Remove those you do not need.",
        "zh": "第 1 行有 {columns} 列，最多可导入 {limit} 列，请删除不需要的列。",
    }


class MappingInvalid(ImportFault):
    code = "mapping_invalid"
    text = {"en": "{en}", "zh": "{zh}"}


class WrongState(ImportFault):
    code = "import_state"
    status = 409
    text = {
        "en": "This import is “{state}”; that cannot be done now.",
        "zh": "此导入当前为「{state}」，无法执行该操作。",
    }
