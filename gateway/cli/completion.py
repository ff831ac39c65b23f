"""Shell completion."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of SHELL. Use it as in: eval "$(gateway completion bash)"."""
    from click.shell_completion import get_completion_class

    from gateway.cli.main import gateway

    complete = get_completion_class(shell)
    if complete is None:  # click knows all three; a later version may not
        raise click.UsageError(f"no completion for {shell}")
    click.echo(complete(gateway, {}, "gateway", "_GATEWAY_COMPLETE").source())
