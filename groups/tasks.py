from celery import shared_task

from groups import actions, queries


@shared_task
def pass_on() -> None:
    """Groups whose owner's account was closed get another owner."""
    for user_id in queries.gone_owners():
        actions.pass_on(user_id=user_id)
