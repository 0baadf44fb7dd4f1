"""The words of the audit log's details: names of keys, and of values that are codes. Used by `wording`."""

from __future__ import annotations

from dougong_metadata.label import Label

# Who acted, where it was no user: by how the entry came about.
NOBODY = {
    "cli": Label("The command line", "命令行"),
    "job": Label("The system", "系统"),
    "": Label("The system", "系统"),
}
POLICIES = {"audit": Label("keeping of the audit", "审计保留期限"), "security": Label("sign-in security", "登录安全")}

FACTS = {
    key: Label(en, zh)
    for key, en, zh in (
        ("access", "Access", "权限"),
        ("active", "Active", "启用"),
        ("address", "Address", "地址"),
        ("addresses", "Admitted addresses", "允许的地址"),
        ("before", "From before", "截止时间"),
        ("columns", "Columns", "列"),
        ("complete", "Sent completely", "完整发送"),
        ("days", "Days kept", "保留天数"),
        ("device", "Browser", "浏览器"),
        ("email", "E-mail", "邮箱"),
        ("entries", "Entries", "条数"),
        ("expires_at", "Valid until", "有效期至"),
        ("files", "Files", "文件数"),
        ("filter", "Filter", "筛选条件"),
        ("format", "Format", "格式"),
        ("head", "Head", "负责人"),
        ("how", "How", "方式"),
        ("idle_minutes", "Minutes without activity", "无操作时限（分钟）"),
        ("longest_hours", "Longest session in hours", "会话最长时间（小时）"),
        ("manager", "Manager", "直属上级"),
        ("members", "Members", "成员"),
        ("more", "Not listed", "未列出"),
        ("name", "Name", "名称"),
        ("note", "Note", "说明"),
        ("object", "Object", "对象"),
        ("packs", "Packs", "应用包"),
        ("parent", "Above it", "上级"),
        ("password_days", "Days a password holds", "密码有效天数"),
        ("password_history", "Passwords remembered", "不得重复的历史密码数"),
        ("password_kinds", "Kinds of characters", "密码字符种类"),
        ("password_length", "Shortest password", "密码最短长度"),
        ("permission_sets", "Permission sets", "权限集"),
        ("position", "Position", "排序"),
        ("prefix", "Begins with", "开头"),
        ("proof", "Proof", "验证方式"),
        ("provider", "Provider", "提供方"),
        ("reason", "Reason", "原因"),
        ("relations", "Together with", "连同"),
        ("role", "Role", "角色"),
        ("restored", "Restored release", "恢复的版本"),
        ("rows", "Rows", "行数"),
        ("scopes", "Scopes", "权限范围"),
        ("second_factor", "Second step", "两步验证"),
        ("second_factor_sets", "Second step required of", "须两步验证的权限集"),
        ("second_step", "Two steps", "两步验证"),
        ("secret", "Secret", "密钥"),
        ("sessions", "Sessions", "会话"),
        ("sort", "Sorted by", "排序"),
        ("trust_provider", "Trust the provider's second step", "信任提供方的两步验证"),
        ("until", "Until", "截止"),
        ("user", "User", "用户"),
        ("with", "With", "共享对象"),
    )
}

CODES = {
    (key, code): Label(en, zh)
    for key, code, en, zh in (
        ("access", "read", "read", "查看"),
        ("access", "edit", "read and edit", "查看与修改"),
        ("change", "add", "added", "新增"),
        ("change", "change", "changed", "修改"),
        ("change", "delete", "deleted", "删除"),
        ("how", "own", "by the person", "本人修改"),
        ("how", "set_by_other", "by somebody else", "由他人设置"),
        ("how", "invitation", "by an invitation", "通过邀请"),
        ("how", "expired", "as the old one was outdated", "旧密码已过期"),
        ("how", "reset", "by somebody else", "由他人重置"),
        ("permission_set", "administrator", "Administrator", "管理员"),
        ("proof", "password", "password", "密码"),
        ("proof", "oidc", "identity provider", "身份提供方"),
        ("reason", "address", "address not admitted", "所在地址不允许登录"),
        ("reason", "no_access", "no access", "无权进入"),
        ("reason", "password", "wrong password", "密码错误"),
        ("reason", "wrong", "wrong code", "验证码错误"),
        ("reason", "used", "code used before", "验证码已使用过"),
        ("second_factor", "off", "off", "关闭"),
        ("second_factor", "optional", "optional", "可选"),
        ("second_factor", "required", "required", "必需"),
        ("secret", "changed", "changed", "已更换"),
        ("truth", "True", "yes", "是"),
        ("truth", "False", "no", "否"),
        ("via", "session", "browser", "浏览器"),
        ("via", "token", "token", "令牌"),
        ("via", "cli", "command line", "命令行"),
        ("via", "job", "background work", "后台任务"),
    )
}
