"""What can keep the embedded servers from starting, one clear sentence each; the command line prints it and ends.

Fault (dougong_metadata.errors)
└── ServerFault
    ├── BinariesMissing     no PostgreSQL or Redis program for this machine
    ├── FolderUnusable      DOUGONG_HOME cannot be created, written or reached
    ├── PortInUse           somebody else listens where we were told to
    ├── DataFromOther       the data folder was made by another PostgreSQL version
    ├── AlreadyRunning      `dougong up` runs in this DOUGONG_HOME already
    ├── ServerDied          a server ended while starting; carries the last lines of its log
    └── ServerUnreachable   a server given by URL does not answer
"""

from __future__ import annotations

from dougong_metadata.errors import Fault


class ServerFault(Fault):
    code = "server_fault"
    status = 503


class BinariesMissing(ServerFault):
    code = "binaries_missing"
    text = {
        "en": "No {program} program was found. Install the dependencies again, or set {variable}.",
        "zh": "找不到 {program} 程序。请重新安装依赖（pip install dougong），或设置 {variable}。",
    }


class FolderUnusable(ServerFault):
    code = "folder_unusable"
    text = {
        "en": "The folder {folder} cannot be used ({reason}). Set DOUGONG_HOME to a folder that can be written.",
        "zh": "无法使用文件夹 {folder}（{reason}）。请将 DOUGONG_HOME 设为可写的文件夹。",
    }


class PortInUse(ServerFault):
    code = "port_in_use"
    text = {
        "en": "Port {port} on {host} is in use. Stop that program or choose another port ({option}).",
        "zh": "{host} 的端口 {port} 已被其他程序占用。请停止该程序，或改用其他端口（{option}）。",
    }


class DataFromOther(ServerFault):
    code = "data_from_other_version"
    text = {
        "en": "The data in {folder} belongs to PostgreSQL {found}; this program brings {ours}. Back it up with the "
        "version that wrote it (dougong backup), then restore into a new DOUGONG_HOME.",
        "zh": "{folder} 中的数据属于 PostgreSQL {found}，而本程序自带 {ours}。请用原版本备份（dougong backup），"
        "再恢复到新的 DOUGONG_HOME。",
    }


class AlreadyRunning(ServerFault):
    code = "already_running"
    text = {
        "en": "Dougong runs in {folder} already (process {pid}).",
        "zh": "{folder} 中的 Dougong 已在运行（进程 {pid}）。",
    }


class ServerDied(ServerFault):
    code = "server_died"
    text = {
        "en": "{program} ended while starting. Its log, {log}, ends with:\n{tail}",
        "zh": "{program} 在启动时退出。日志 {log} 的结尾：\n{tail}",
    }


class ServerUnreachable(ServerFault):
    code = "server_unreachable"
    text = {
        "en": "{program} at {address} does not answer ({reason}). Check {variable}.",
        "zh": "{address} 的 {program} 没有应答（{reason}）。请检查 {variable}。",
    }
