"""HTTP to the API server: raw bodies through the `kubernetes` client's signed-in connection.

The client's models are left out on purpose: they refuse or drop fields that they do not know, and the learner's
unknown fields are what the API server must see.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

from tutor.cluster.api import Answer, Target
from tutor.cluster.errors import BrokenKubeconfig, Refused, Unauthorised, Unreachable
from tutor.cluster.proxies import proxy_for

CONNECT = 3.0
CALL = 10.0
SIGN_IN = 30.0
"""Seconds for a connection, for a whole call, and for the sign-in program of a kubeconfig."""
TORN = 10.0
"""Seconds without the rest of a line of which a part came: nothing more will come."""
FAREWELL = 0.1
"""Seconds for the end of a TLS connection, as aiohttp's handbook advises."""
LONGEST_LINE = 2**24
"""Bytes; a watch event is one line."""


class Wire:
    """One signed-in connection pool. `api` is a `kubernetes.aio.client.ApiClient`."""

    def __init__(self, target: Target, api: Any, loader: Any) -> None:
        self._target = target
        self._api = api
        self._loader = loader
        self._renewing = asyncio.Lock()
        self._closed = False
        self._cut = False
        """A request was given up before it was answered."""
        rest = api.rest_client
        if rest.pool_manager is None:
            rest.pool_manager = rest._create_pool_manager()

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = CALL,
    ) -> Answer:
        """One request, its whole answer. A redirect is an answer. Raises: `Unreachable`, `Unauthorised`."""
        answer = await self._call(method, path, query, body, headers, timeout)
        if answer.status == 401 and await self._renew():
            answer = await self._call(method, path, query, body, headers, timeout)
        return answer

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> Answer:
        import aiohttp

        limit = aiohttp.ClientTimeout(total=timeout, connect=min(CONNECT, timeout))
        try:
            async with self._open(method, path, query, body, headers, limit) as response:
                return Answer(response.status, await response.read(), _headers(response))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise unreachable(error, self._target) from error

    async def lines(
        self, path: str, *, query: Mapping[str, Any], silence: float, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[bytes | Answer]:
        """The lines of a stream as they come; an answer other than 200 is yielded alone, as an `Answer`.

        Raises: `Unreachable`, also where nothing came for `silence` seconds, or a line was not ended.
        """
        import aiohttp

        limit = aiohttp.ClientTimeout(total=None, connect=CONNECT, sock_read=silence)
        try:
            async with self._open("GET", path, query, None, headers, limit) as response:
                if response.status != 200:
                    yield Answer(response.status, await response.read(), _headers(response))
                    return
                rest = b""
                while True:
                    async with asyncio.timeout(TORN if rest else None):
                        chunk = await response.content.readany()
                    if not chunk:
                        break
                    *complete, rest = (rest + chunk).split(b"\n")
                    for line in complete:
                        if line:
                            yield line
                    if len(rest) > LONGEST_LINE:
                        raise Unreachable("The API server sent an event without end.", "server")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise unreachable(error, self._target) from error

    @asynccontextmanager
    async def web_socket(self, path: str, *, query: Mapping[str, Any], protocol: str) -> AsyncIterator[Any]:
        """An open WebSocket of `aiohttp`, signed in, in one sub-protocol. Raises: `Unreachable`, `Refused`."""
        import aiohttp
        from yarl import URL

        self._still_open()
        configuration = self._api.configuration
        sent = {"User-Agent": "homics-tutor"}
        await self._api.update_params_for_auth(sent, [], ["BearerToken"], path, "GET", None)
        url = URL(f"{configuration.host}{path}?{urlencode(query, doseq=True)}", encoded=True)
        session = self._api.rest_client.pool_manager
        try:
            socket = await session.ws_connect(
                url, headers=sent, protocols=[protocol], max_msg_size=0, proxy=configuration.proxy or None
            )
        except aiohttp.WSServerHandshakeError as error:
            raise Refused(f"The API server did not open the stream ({error.status}: {error.message}).") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(error, self._target) from error
        try:
            yield socket
        finally:
            await socket.close()

    @asynccontextmanager
    async def _open(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        limit: Any,
    ) -> AsyncIterator[Any]:
        from yarl import URL

        self._still_open()
        configuration = self._api.configuration
        sent = {"Accept": "application/json", "User-Agent": "homics-tutor", **(headers or {})}
        await self._api.update_params_for_auth(sent, [], ["BearerToken"], path, method, body)
        url = f"{configuration.host}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")
        options: dict[str, Any] = {}
        if configuration.tls_server_name:
            options["server_hostname"] = configuration.tls_server_name
        if configuration.proxy:
            options["proxy"] = configuration.proxy
        session = self._api.rest_client.pool_manager
        opened = False
        try:
            async with session.request(
                method,
                URL(url, encoded=True),
                headers=sent,
                data=body,
                timeout=limit,
                allow_redirects=False,
                **options,
            ) as response:
                opened = True
                try:
                    yield response
                finally:
                    if response.connection is not None and response.connection.transport is not None:
                        # Left before its end. A farewell as TLS knows it would have to be waited for.
                        response.connection.transport.abort()
        except asyncio.CancelledError:
            self._cut = self._cut or not opened
            raise

    def _still_open(self) -> None:
        """Raises: `Unreachable` after `close`; the session's own error would be a defect."""
        if self._closed:
            raise Unreachable("The connection to the API server was closed.", "closed")

    async def _renew(self) -> bool:
        """Sign in again where a program of the kubeconfig does that; False where there is none."""
        if not _signs_in_by_program(self._loader):
            return False
        async with self._renewing:
            self._loader.__dict__.pop("exec_plugin_expiry", None)
            self._loader.__dict__.pop("token", None)
            await _sign_in(self._loader.load_from_exec_plugin(), self._target)
            token = self._loader.__dict__.get("token")
            if not token:
                return False
            self._api.configuration.api_key["BearerToken"] = token
            return True

    async def close(self) -> None:
        """Whoever asks later is told that the connection was closed."""
        self._closed = True
        await self._api.close()
        if self._cut and self._api.configuration.host.startswith("https:"):
            # The session says farewell on such a connection, and waits for no answer.
            await asyncio.sleep(FAREWELL)


async def open_wire(target: Target) -> Wire:
    """Read the kubeconfig and prepare the connection; no request to the API server is made.

    Raises: `BrokenKubeconfig`, `Unauthorised` where the kubeconfig's sign-in program fails.
    """
    # Imported here: what needs no cluster starts without the client.
    from kubernetes.aio.client import ApiClient, Configuration
    from kubernetes.aio.config.config_exception import ConfigException
    from kubernetes.aio.config.kube_config import KubeConfigLoader, KubeConfigMerger

    configuration = Configuration()
    # Certificates of local clusters often lack what Python 3.13 began to demand; kubectl takes them.
    configuration.disable_strict_ssl_verification = True
    # Neither a .netrc, which is for other servers, nor a proxy that kubectl would not take.
    configuration.client_session_kwargs = {"trust_env": False}
    try:
        # Its loaders are not annotated.
        merge: Any = KubeConfigMerger
        load: Any = KubeConfigLoader
        loader = load(merge(target.kubeconfig).config, active_context=target.context, config_base_path=None)
        if loader._user is None:
            loader._user = {}
        await _sign_in(loader.load_and_set(configuration), target)
        configuration.proxy = configuration.proxy or proxy_for(configuration.host, os.environ)
        if _signs_in_by_program(loader) and not ({"token", "cert_file"} & loader.__dict__.keys()):
            raise Unauthorised(f'The kubeconfig\'s program for signing in to "{target.context}" gave no token.')
        return Wire(target, ApiClient(configuration), loader)
    except ssl.SSLError as error:
        raise BrokenKubeconfig(
            f'The certificates of the context "{target.context}" in {target.kubeconfig} cannot be used: {error}.'
        ) from error
    except (ConfigException, OSError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise BrokenKubeconfig(
            f'The context "{target.context}" of {target.kubeconfig} cannot be used: {error}. '
            "Try: kubectl config view --minify"
        ) from error


def _signs_in_by_program(loader: Any) -> bool:
    return bool(loader._user) and "exec" in loader._user


async def _sign_in(attempt: Any, target: Target) -> None:
    """Await the client's sign-in, which logs what went wrong with a program instead of raising it."""
    heard = _Heard()
    logger = logging.getLogger("kubernetes")
    kept = logger.propagate
    logger.addHandler(heard)
    logger.propagate = False
    try:
        async with asyncio.timeout(SIGN_IN):
            await attempt
    except TimeoutError as error:
        raise Unauthorised(
            f'The kubeconfig\'s program for signing in to "{target.context}" did not end within {SIGN_IN:.0f} s.'
            " Run kubectl get pods once by hand: does it ask for something?"
        ) from error
    finally:
        logger.removeHandler(heard)
        logger.propagate = kept
    if heard.said:
        raise Unauthorised(
            f'The kubeconfig\'s program for signing in to "{target.context}" failed: {heard.said[-1]}.'
            " Run kubectl get pods once by hand to sign in again."
        )


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def _headers(response: Any) -> dict[str, str]:
    """Header names in lower case; several Set-Cookie headers become one, a cookie a line."""
    folded: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        folded[key] = f"{folded[key]}\n{value}" if key in folded else value
    return folded


def unreachable(error: BaseException, target: Target) -> Unreachable:
    """The reason in a learner's words."""
    import aiohttp

    place = f'the cluster of the context "{target.context}" ({target.server})'
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return Unreachable(
            f"The certificate of {place} is not the one that the kubeconfig trusts. Was the cluster made anew?"
            f" Then the kubeconfig is an old one: {_renew_it(target)}.",
            "certificate",
        )
    if isinstance(error, TimeoutError):
        return Unreachable(f"There is no answer from {place}: time ran out. {_is_it_running(target)}", "timeout")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(f"The name of {place} is not known. Check the server in the kubeconfig.", "name")
    if isinstance(error, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return Unreachable(f"There is no answer from {place}: nobody accepts the connection. {_is_it_running(target)}")
    return Unreachable(f"The connection to {place} broke: {str(error) or type(error).__name__}.", "reset")


def _is_it_running(target: Target) -> str:
    """The question, and the command that answers it for this kind of cluster."""
    command = {"practice": "homics-tutor cluster start", "minikube": "minikube status"}.get(target.kind, "")
    return f"Is it running? Try: {command}" if command else "Is it running?"


def _renew_it(target: Target) -> str:
    again = "start the cluster again"
    return f"minikube update-context, or {again}" if target.kind == "minikube" else again


def as_json(body: bytes) -> Any:
    """A JSON body, or None where it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
