"""The one way out to addresses that tenants name: an HTTP client that reaches no private network unless the operator
allows it. Used by webhooks and by notifications' robots.

    from dougong_platform import outgoing
    answer = outgoing.ask("POST", url, body=b"…", headers={…})    # raises outgoing.errors.OutgoingFault
"""

from dougong_platform.outgoing.addresses import problem_of
from dougong_platform.outgoing.client import Answer, ask
from dougong_platform.outgoing.policy import Policy, present_policy

__all__ = ["Answer", "Policy", "ask", "present_policy", "problem_of"]
