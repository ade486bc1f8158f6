"""The chart's named templates: quantities as numbers, sums for quotas, and checks beyond the schema."""

from __future__ import annotations

HELPERS = r"""
{{- /* Chart and version as a label value. */ -}}
{{- define "fleet.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* 500m or 2 -> millicores. */ -}}
{{- define "fleet.millicores" -}}
{{- if hasSuffix "m" . }}{{ trimSuffix "m" . }}{{ else }}{{ mul . 1000 }}{{ end }}
{{- end }}

{{- /* 512Mi or 2Gi -> MiB. */ -}}
{{- define "fleet.mebibytes" -}}
{{- if hasSuffix "Gi" . }}{{ mul (trimSuffix "Gi" .) 1024 }}{{ else }}{{ trimSuffix "Mi" . }}{{ end }}
{{- end }}

{{- /* A group's values -> minimum number of replicas. */ -}}
{{- define "fleet.least" -}}
{{- if dig "autoscaling" "enabled" false . }}{{ .autoscaling.min | int }}{{ else }}{{ .replicas | int }}{{ end }}
{{- end }}

{{- /* A group's values -> maximum number of replicas outside rollouts. */ -}}
{{- define "fleet.most" -}}
{{- if dig "autoscaling" "enabled" false . }}{{ .autoscaling.max | int }}{{ else }}{{ .replicas | int }}{{ end }}
{{- end }}

{{- /* What all replicas of several groups use during rollouts. */ -}}
{{- define "fleet.quota" -}}
{{- $pods := 0 }}{{ $cards := dict }}
{{- $requestsCpu := 0 }}{{ $limitsCpu := 0 }}{{ $requestsMemory := 0 }}{{ $limitsMemory := 0 }}
{{- range .groups }}
{{- $group := index $.values.groups .name }}
{{- $copies := add .more (mul .times (include "fleet.most" $group)) }}
{{- $pods = add $pods $copies }}
{{- range $kind, $count := .cards }}
{{- $_ := set $cards $kind (add (get $cards $kind | default 0) (mul $copies $count) | toString) }}
{{- end }}
{{- range $group.containers }}
{{- $requestsCpu = add $requestsCpu (mul $copies (include "fleet.millicores" .resources.requests.cpu)) }}
{{- $limitsCpu = add $limitsCpu (mul $copies (include "fleet.millicores" .resources.limits.cpu)) }}
{{- $requestsMemory = add $requestsMemory (mul $copies (include "fleet.mebibytes" .resources.requests.memory)) }}
{{- $limitsMemory = add $limitsMemory (mul $copies (include "fleet.mebibytes" .resources.limits.memory)) }}
{{- end }}
{{- end }}
{{- $cpu := dict "requests.cpu" (printf "%dm" $requestsCpu) "limits.cpu" (printf "%dm" $limitsCpu) }}
{{- $memory := dict "requests.memory" (printf "%dMi" $requestsMemory) "limits.memory" (printf "%dMi" $limitsMemory) }}
{{- merge (dict "pods" (toString $pods)) $cards $cpu $memory | toJson }}
{{- end }}

{{- /* The largest limits of several groups' containers, in millicores and MiB. */ -}}
{{- define "fleet.largest" -}}
{{- $cpu := 0 }}{{ $memory := 0 }}
{{- range .groups }}
{{- range (index $.values.groups .).containers }}
{{- $cpu = max $cpu (include "fleet.millicores" .resources.limits.cpu) }}
{{- $memory = max $memory (include "fleet.mebibytes" .resources.limits.memory) }}
{{- end }}
{{- end }}
{{- dict "cpu" $cpu "memory" $memory | toJson }}
{{- end }}

{{- /* A group's name and values; fails if one value contradicts another. */ -}}
{{- define "fleet.check" -}}
{{- $at := printf "groups.%s" .name }}
{{- if dig "autoscaling" "enabled" false .group }}
{{- $min := .group.autoscaling.min | int }}{{ $max := .group.autoscaling.max | int }}
{{- if gt $min $max }}
{{- fail (printf "%s.autoscaling: min %d is above max %d; raise max or lower min" $at $min $max) }}
{{- end }}
{{- end }}
{{- range $name, $container := .group.containers }}
{{- $requests := $container.resources.requests }}{{ $limits := $container.resources.limits }}
{{- $where := printf "%s.containers.%s.resources" $at $name }}
{{- if gt (include "fleet.millicores" $requests.cpu | int) (include "fleet.millicores" $limits.cpu | int) }}
{{- fail (printf "%s: requests.cpu %s is above limits.cpu %s; raise the limit" $where $requests.cpu $limits.cpu) }}
{{- end }}
{{- range tuple "memory" "ephemeral-storage" }}
{{- $request := index $requests . }}{{ $limit := index $limits . }}
{{- if gt (include "fleet.mebibytes" $request | int) (include "fleet.mebibytes" $limit | int) }}
{{- fail (printf "%s: requests.%s %s is above limits.%s %s; raise the limit" $where . $request . $limit) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- /* Fails if the release is in a namespace that the chart creates, which Helm would not adopt. */ -}}
{{- define "fleet.checkRelease" -}}
{{- $created := .Values.namespace.name }}
{{- if and .Values.namespace.create (eq .Release.Namespace $created) }}
{{- $fix := "keep the release in another one (--namespace default), or set namespace.create=false" }}
{{- fail (printf "namespace.name: the chart creates the namespace %s itself; %s" $created $fix) }}
{{- end }}
{{- end }}
""".lstrip()
